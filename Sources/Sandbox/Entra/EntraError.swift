import Core
import Foundation
import HTTPTypes
import Hummingbird
import JSON

/// A refusal in Entra's words. One `kind`, which programs read, covers many a `number`, which people look up.
struct EntraError: Error, Sendable, Equatable {
  /// 7000215 of `AADSTS7000215`.
  var number: Int
  /// The OAuth 2.0 error: `invalid_client`.
  var kind: String
  var status: Int
  var text: String
  var suberror: String?
  /// The claims challenge that the next sign-in must meet, as JSON.
  var claims: String?

  /// - Parameter text: in place of the catalogue's; a number that is not in the catalogue is
  ///   `invalid_request`.
  init(_ number: Int, _ text: String? = nil) {
    let known = Self.catalogue[number]
    self.number = number
    kind = known?.kind ?? "invalid_request"
    status = known?.status ?? 400
    suberror = known?.suberror
    claims = Self.numbersWithClaims.contains(number) ? Self.policyClaims : nil
    self.text = text ?? known?.text ?? "The request was refused."
  }

  /// A query or form that cannot be read.
  init(_ fault: FormFault) {
    switch fault {
    case .malformed: self = EntraError(9_002_313).asRequest
    case .duplicate(let name):
      self.init(
        9_000_411,
        "The request is not properly formatted. The parameter '\(oneLine(name, limit: 64))' is duplicated.")
    }
  }

  var code: String { "AADSTS\(number)" }

  /// Microsoft Learn, "Developer guidance for Conditional Access": the policy that must be met.
  private static let numbersWithClaims: Set<Int> = [50072, 50076, 50078, 50079, 50158, 53003]
  private static let policyClaims =
    #"{"access_token":{"capolids":{"essential":true,"values":["5a2d0000-0000-4000-8000-000000000001"]}}}"#

  /// What the sign-in page for personal accounts shows instead of a number.
  var textForPersonalAccounts: String? {
    Self.personalTexts[number]
  }

  private static let personalTexts: [Int: String] = [
    50011: "invalid_request: The provided value for the input parameter 'redirect_uri' is not valid. The"
      + " expected value is a URI which matches a redirect URI registered for this client application.",
    700_016: unknownToConsumers,
    700_038: unknownToConsumers,
  ]
  private static let unknownToConsumers =
    "unauthorized_client: The client does not exist or is not enabled for consumers. If you are the"
    + " application developer, configure a new application through the App Registrations in the Azure Portal."

  /// For personal accounts, Entra has one number for everything that is wrong with a grant.
  var forPersonalAccount: EntraError {
    guard kind == "invalid_grant" else { return self }
    if number == 65001 {
      return EntraError(
        70000,
        "The request was denied because one or more scopes requested are unauthorized or expired. The user"
          + " must first sign in and grant the client application access to the requested scope.")
    }
    let expired: Set = [50057, 50076, 50173, 53003, 70008, 700_082]
    return EntraError(
      70000,
      expired.contains(number)
        ? "The user could not be authenticated as the grant is expired. The user must sign in again." : text)
  }
}

extension EntraError {
  /// The answer of the token endpoint and of the documents.
  ///
  /// - Parameter correlationID: the request's `client-request-id`; `nil` makes one.
  func response(origin: String, now: Instant, correlationID: String?) -> Response {
    let report = EntraErrorReport(self, origin: origin, now: now, correlationID: correlationID)
    var headers = HTTPFields.neverStored
    headers[.requestID] = report.traceId
    headers[.clientRequestID] = report.correlationId
    return .json(report.json, status: HTTPResponse.Status(code: status), headers: headers)
  }
}

/// `{"error","error_description","error_codes",...}` (Microsoft Learn, "Microsoft Entra authentication and
/// authorization error codes").
struct EntraErrorReport: Sendable {
  var error: String
  var errorDescription: String
  var errorCodes: [Int]
  /// `2026-08-13 21:24:30Z`
  var timestamp: String
  var traceId: String
  var correlationId: String
  var errorUri: String?
  var suberror: String?
  var claims: String?

  var json: JSONValue {
    .object(omittingAbsent: [
      "error": .string(error), "error_description": .string(errorDescription),
      "error_codes": .array(errorCodes.map { JSONValue($0) }), "timestamp": .string(timestamp),
      "trace_id": .string(traceId), "correlation_id": .string(correlationId),
      "error_uri": errorUri.map { .string($0) }, "suberror": suberror.map { .string($0) },
      "claims": claims.map { .string($0) },
    ])
  }

  /// Entra names a page about the error for a few numbers only.
  private static let numbersWithPage: Set<Int> = [50076, 500011, 7_000_215]

  init(_ refusal: EntraError, origin: String, now: Instant, correlationID: String?) {
    error = refusal.kind
    errorCodes = [refusal.number]
    timestamp = now.description.prefix(19).replacing("T", with: " ") + "Z"
    traceId = RandomText.guid()
    correlationId = correlationID ?? RandomText.guid()
    suberror = refusal.suberror
    claims = refusal.claims
    errorDescription =
      "\(refusal.code): \(refusal.text) Trace ID: \(traceId) Correlation ID: \(correlationId)"
      + " Timestamp: \(timestamp)"
    if Self.numbersWithPage.contains(refusal.number) {
      errorUri = origin + "/error?code=\(refusal.number)"
    }
  }
}

extension HTTPFields {
  /// Replies with tokens and about them must not be cached (RFC 6749 section 5.1).
  static var neverStored: HTTPFields { [.cacheControl: "no-store, no-cache", .pragma: "no-cache"] }
}

extension HTTPField.Name {
  static let pragma = HTTPField.Name("pragma") ?? .cacheControl
  static let requestID = HTTPField.Name("x-ms-request-id") ?? .server
  static let clientRequestID = HTTPField.Name("client-request-id") ?? .server
}
