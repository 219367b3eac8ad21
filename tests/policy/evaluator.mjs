// Answers authorisation requests: one JSON object a line in, one a line out.
//   in:  {"policies": {NAME: {"kind": "identity" | "resource" | "trust", "document": {...}}},
//         "requests": [{"principal", "action", "resource", "account", "context",
//                       "identity": [NAME...], "boundary": [NAME...] | null,
//                       "resourcePolicy": NAME | null}]}
//   out: {"answers": ["Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied" | {"error": TEXT}]}
// Policies are parsed once and kept: a run has some thousand requests and few policies.

import { createInterface } from 'node:readline'
import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
  validateTrustPolicy,
} from '@cloud-copilot/iam-policy'
import { anonymousPrincipal, runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const validators = {
  identity: validateIdentityPolicy,
  resource: validateResourcePolicy,
  trust: validateTrustPolicy,
}
const known = new Map()

function learn(policies) {
  for (const [name, { kind, document }] of Object.entries(policies)) {
    known.set(name, createValidatedPolicy(document, validators[kind], { name }))
  }
}

function policy(name) {
  const found = known.get(name)
  if (!found) throw new Error(`no policy ${name} was given`)
  if (found.errors.length) throw new Error(`${name}: ${JSON.stringify(found.errors)}`)
  return found
}

function named(names) {
  return names.map((name) => ({ name, policy: policy(name) }))
}

function simulation(request) {
  return {
    request: {
      principal: request.principal ?? anonymousPrincipal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.account },
      contextVariables: request.context,
    },
    identityPolicies: named(request.identity),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: request.resourcePolicy ? policy(request.resourcePolicy) : undefined,
    permissionBoundaryPolicies: request.boundary ? named(request.boundary) : undefined,
  }
}

// AWS's tables list some calls not yet, and the last one with a pattern that no name can match.
const unlisted = new Set([
  'account-access-runtime:GetRoleCredentials',
  'account-access-runtime:ListRoles',
  'iam:AcquireRole',
  'signin:BatchRevokeSessions',
  'signin:CreateBearerToken',
  'signin:CreateOAuth2PublicClient',
])

// A client that AWS may add one day.
const newClient = /:oauth2\/public-client\/(?!(localhost|remote)$)/

// The companions of AssumeRole are asked about with its parameters; the tables do not say so.
function isOfAssumeRole(action, keys) {
  return /^sts:(TagSession|SetSourceIdentity)$/.test(action) && keys.includes('sts:RoleSessionName')
}

// AWS asks about 'parameter/' for the path '/'. Encryption contexts have keys of any name.
function isUnknownToItsData({ action, resource, context }) {
  const keys = Object.keys(context)
  if (unlisted.has(action) || newClient.test(resource) || isOfAssumeRole(action, keys)) return true
  return resource.endsWith(':parameter/') || keys.some((k) => k.startsWith('kms:EncryptionContext:'))
}

async function answer(request) {
  if (isUnknownToItsData(request)) {
    return runUnsafeSimulation(simulation(request), { simulationMode: 'Strict' })
  }
  const result = await runSimulation(simulation(request), { simulationMode: 'Strict' })
  if (result.resultType !== 'single') {
    throw new Error(JSON.stringify(result.errors ?? result).slice(0, 400))
  }
  const ignored = result.result.ignoredContextKeys ?? []
  // A key that the evaluator drops would make conditions on it pass or fail for no reason.
  if (ignored.length) throw new Error(`${request.action} has no context keys ${ignored.join(', ')}`)
  return result.overallResult
}

async function reply(line) {
  const { policies, requests } = JSON.parse(line)
  learn(policies)
  const answers = []
  for (const request of requests) {
    answers.push(await answer(request).catch((error) => ({ error: error.message })))
  }
  return JSON.stringify({ answers })
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write((await reply(line)) + '\n')
}
