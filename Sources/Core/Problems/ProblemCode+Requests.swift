// What a caller asked of us, and whether they may.
extension ProblemCode {
  static let requestsCodes: [ProblemCode] = [
    .requestMalformed, .requestInvalidField, .requestUnknownField, .requestNotSupported,
    .requestTooLarge, .requestNotFound, .requestMethodNotAllowed, .requestInternal, .tokenMissing,
    .tokenInvalid, .tokenScope, .tokenPermission, .tokenRestricted, .tokenRateLimited,
    .tokenNotFound, .tokenNotExposed, .workspaceNotFound, .workspaceExists, .workspaceInUse,
    .workspaceNoDefaultSender,
  ]

  package static let requestMalformed = ProblemCode(
    "request.malformed", .request, status: 400, smtp: "501 5.5.4",
    "The body is not JSON, or not an object.",
    remedy: "Send a JSON object as `application/json`.")

  package static let requestInvalidField = ProblemCode(
    "request.invalidField", .request, status: 400, smtp: "501 5.5.4",
    "A field has the wrong type or a value that is not allowed; the message names it.",
    remedy: "Correct the field.")

  package static let requestUnknownField = ProblemCode(
    "request.unknownField", .request, status: 400, smtp: "501 5.5.4",
    "There is no such field; the message names it. All other faults of the body are listed too.",
    remedy: "Correct its spelling or remove it.")

  package static let requestNotSupported = ProblemCode(
    "request.notSupported", .request, status: 400, vocabulary: "NotSupported", smtp: "504 5.5.4",
    "The field is part of the vocabulary, but this version does not support it.",
    remedy: "Remove it, or wait for a version whose changelog lists it.")

  package static let requestTooLarge = ProblemCode(
    "request.tooLarge", .request, status: 413, smtp: "552 5.3.4",
    "The body is larger than `body-limit`, which the message states.",
    remedy: "Send less, or raise `body-limit`.")

  package static let requestNotFound = ProblemCode(
    "request.notFound", .request, status: 404, smtp: "502 5.5.1",
    "There is no such path.",
    remedy: "Check the path against the documentation.")

  package static let requestMethodNotAllowed = ProblemCode(
    "request.methodNotAllowed", .request, status: 405, smtp: "502 5.5.1",
    "The path exists, but does not support this method; the header `Allow` names those that it supports.",
    remedy: "Check the method against the documentation.")

  package static let requestInternal = ProblemCode(
    "request.internal", .installation, status: 500, smtp: "451 4.3.0",
    "Heliograph itself failed. Nothing was acknowledged.",
    remedy: "Repeat the request with the same `Idempotency-Key`; if it fails again, look in the log.")

  package static let tokenMissing = ProblemCode(
    "token.missing", .request, status: 401, smtp: "535 5.7.8",
    "The request has neither an `Authorization: Bearer` header nor `?access_token=`.",
    remedy: "Send a token; `heliograph token issue` creates one.")

  package static let tokenInvalid = ProblemCode(
    "token.invalid", .request, status: 401, smtp: "535 5.7.8",
    "The token is unknown, has expired or has been removed.",
    remedy: "Issue a new one.")

  package static let tokenScope = ProblemCode(
    "token.scope", .request, status: 403, smtp: "550 5.7.1",
    "The token is valid, but its scopes do not cover this request, or it is limited to one account and the "
      + "request concerns something else.",
    remedy: "Use a token with the scope that the message names, or one for the whole workspace.")

  package static let tokenPermission = ProblemCode(
    "token.permission", .request, status: 403, smtp: "550 5.7.1",
    "The token's `permissions` do not allow this operation, or a token with restrictions or permissions was "
      + "used to create another.",
    remedy: "Use a token that allows the action and the group that the message names.")

  package static let tokenRestricted = ProblemCode(
    "token.restricted", .request, status: 403, smtp: "550 5.7.1",
    "The token's `restrictions` do not allow its use from this address or web page.",
    remedy: "Use it from where it is allowed, or another token.")

  package static let tokenRateLimited = ProblemCode(
    "token.rateLimited", .request, status: 429, smtp: "452 4.7.1",
    "The token has been used as often as its `restrictions.rateLimit` allows.",
    remedy: "Repeat the request after the time in `Retry-After`.")

  package static let tokenNotFound = ProblemCode(
    "token.notFound", .request, status: 404, smtp: "550 5.1.1", how: .tokens,
    "There is no API token with this id in the workspace.",
    remedy: "List them with `heliograph token list`.")

  package static let tokenNotExposed = ProblemCode(
    "token.notExposed", .request, status: 403, smtp: "550 5.7.1",
    "Microsoft's access tokens are not handed out: `expose-tokens` is off, or the account uses an app "
      + "that the operator shares.",
    remedy: "Set `expose-tokens` to `yes`, or let Heliograph send.")

  package static let workspaceNotFound = ProblemCode(
    "workspace.notFound", .request, status: 404, smtp: "550 5.1.1", how: .workspaces,
    "There is no workspace with this id, or it does not belong to the caller.",
    remedy: "List them with `heliograph workspace list`.")

  package static let workspaceExists = ProblemCode(
    "workspace.exists", .request, status: 400, smtp: "550 5.3.0",
    "The workspace id is already in use.",
    remedy: "Choose another id.")

  package static let workspaceInUse = ProblemCode(
    "workspace.inUse", .request, status: 400, smtp: "550 5.3.0",
    "The workspace cannot be deleted: it is `default`, it still has accounts, or accounts of other workspaces "
      + "use its apps.",
    remedy: "Delete its accounts first, or delete it with `force`.")

  package static let workspaceNoDefaultSender = ProblemCode(
    "workspace.noDefaultSender", .request, status: 400, smtp: "550 5.3.0",
    "A message was submitted without an account, and the workspace has no default sender.",
    remedy: "Name the account in the path, or choose a default sender for the workspace.")
}
