import Core
import HTTPTypes
import Hummingbird
import JSON

/// What an upload URL answers: Outlook does there, and not Graph (Microsoft Learn, "Attach large files to Outlook
/// messages or events").
extension GraphExchange {
  /// Bytes; Microsoft Learn, "attachment: createUploadSession": up to 4 MB each time.
  private static let maximumRange = 4 << 20

  func upload(_ path: String) async throws -> Response {
    // The URL is all that it takes, and a token of Graph's is for another audience.
    guard request.headers[.authorization] == nil else { throw GraphError.wrongAudience }
    let query = try FormFields(query: request)
    if let name = query.fields.map(\.name).first(where: { $0 != "authtoken" }) {
      throw GraphError.query("The query option '\(oneLine(name, limit: 64))' is not part of the upload URL.")
    }
    let token = query["authtoken"] ?? ""
    switch request.method {
    case .put: return try await putRange(path, token)
    case .get:
      try await refuseBody()
      return show(try await state.mail.progress(ofUpload: path, token: token, at: now))
    case .delete:
      try await refuseBody()
      try await state.mail.cancel(upload: path, token: token, at: now)
      return response(.noContent)
    default: throw GraphError.methodNotAllowed
    }
  }

  private func putRange(_ path: String, _ token: String) async throws -> Response {
    // Whether it may send anything at all comes first.
    _ = try await state.mail.progress(ofUpload: path, token: token, at: now)
    guard mediaType == nil || mediaType == "application/octet-stream" else {
      throw GraphError.unsupportedMediaType
    }
    guard let header = request.headers[.contentRange] else { throw GraphError.missingRange }
    guard let range = ContentRange(header) else { throw GraphError.malformedRange(header) }
    guard request.headers[.contentLength] != nil else { throw GraphError.lengthRequired }
    let bytes = try await request.body.collect(upTo: RequestLogMiddleware.maximumBody).readableBytesView
    guard bytes.count == range.bytes.count else {
      throw GraphError.rangeLength(bytes.count, range.bytes.count)
    }
    guard bytes.count <= Self.maximumRange else { throw GraphError.rangeTooLong(bytes.count) }
    let progress = try await state.mail.upload(
      bytes, range, to: path, token: token, limit: state.settings.messageSizeLimit, at: now)
    guard let number = progress.attachment else { return show(progress) }
    let session = progress.session
    let id = "\(session.itemName)-\(number)"
    return response(
      .created, [.location: "\(context.origin)\(session.place)/Attachments('\(id)')", .contentLength: "0"])
  }

  /// With the spelling of Microsoft's own example: a capital letter in one name, and a number for a range.
  private func show(_ progress: UploadProgress) -> Response {
    let session = progress.session
    let place = String(session.place.dropFirst(SandboxPath.outlook.count)).replacing("@", with: "%40")
      .keyEncoded
    return json([
      "@odata.context": .string(
        "\(context.origin)\(SandboxPath.outlook)$metadata#\(place)/AttachmentSessions/$entity"),
      "ExpirationDateTime": .string(session.expires.description),
      "nextExpectedRanges": [.string(String(progress.received))],
    ])
  }
}

// Microsoft Learn names `fragment…` and `uploadSessionNotFound`, "Microsoft Graph error responses and resource types";
// which of them Outlook uses, and with which status, it does not say.
extension GraphError {
  init(_ fault: UploadFault) {
    switch fault {
    case .notFound:
      self = GraphError(404, "uploadSessionNotFound", "The upload session was not found.")
    case .wrongToken: self = .badSignature
    case .expired: self = .tokenExpired
    case .otherTotal(let total):
      self = GraphError(
        400, "fragmentLengthMismatch",
        "The upload session is for \(total) bytes, and the Content-Range header declares another total.")
    case .beyondTotal(let total):
      self = GraphError(416, "fragmentOutOfOrder", "The range is beyond the \(total) bytes of the file.")
    case .gap(let next):
      self = GraphError(416, "fragmentOutOfOrder", "The range does not begin at byte \(next).")
    case .overlap(let next):
      self = GraphError(416, "fragmentOverlap", "The bytes before byte \(next) have been received.")
    case .tooLarge: self = .tooLarge
    case .itemNotFound: self = .itemNotFound
    }
  }

  fileprivate static let missingRange = GraphError(
    400, "ErrorInvalidRequest", "The Content-Range header is missing.")
  fileprivate static func malformedRange(_ text: String) -> GraphError {
    GraphError(
      400, "ErrorInvalidRequest",
      "The Content-Range header '\(oneLine(text, limit: 64))' is not of the form 'bytes {first}-{last}/{total}'."
    )
  }
  fileprivate static let lengthRequired = GraphError(
    411, "ErrorInvalidRequest", "The Content-Length header is missing.")
  fileprivate static func rangeLength(_ count: Int, _ range: Int) -> GraphError {
    GraphError(
      400, "fragmentLengthMismatch",
      "The Content-Range header length (\(range)) does not match the provided number of bytes (\(count)).")
  }
  fileprivate static func rangeTooLong(_ count: Int) -> GraphError {
    GraphError(413, "maxFragmentLengthExceeded", "A range has at most 4 MB, and this one has \(count) bytes.")
  }
  fileprivate static let unsupportedMediaType = GraphError(
    415, "UnsupportedMediaType", "The Content-Type of a range is application/octet-stream.")
}
