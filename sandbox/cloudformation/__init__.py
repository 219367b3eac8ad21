"""CloudFormation stacks, written anew: moto's part loses policies, updates and failures."""
