"""IAM, written anew: moto's part knows no limits, names, conflicts or pages."""
