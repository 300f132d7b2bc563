import API
import Core
import Delivery
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// Files that are uploaded in ranges, before the messages that carry them.
struct UploadRoutes: Sendable {
  let outbox: Outbox
  let bodyLimit: Int

  func add(to router: APIRouter) {
    router.on(Operations.createUpload) { call in
      UploadReply(
        try await outbox.createUpload(
          call.body.filename, contentType: call.body.contentType, size: call.body.size, of: call.path,
          in: call.workspace))
    }
    router.on(Operations.upload) { call in
      UploadReply(try await outbox.upload(call.path.upload, of: call.path.account, in: call.workspace))
    }
    router.on(Operations.deleteUpload) { call in
      try await outbox.deleteUpload(call.path.upload, of: call.path.account, in: call.workspace)
      return UploadDeleted(deleted: true)
    }
    router.handle(Operations.putUpload) { call, request in
      let range = try Self.range(of: request)
      var writer = try await outbox.uploadWriter(
        call.path.upload, range: range.range, size: range.size, of: call.path.account, in: call.workspace)
      var count = 0
      try await request.read(upTo: bodyLimit) { buffer in
        count += buffer.readableBytes
        try await writer.write(Array(buffer.readableBytesView))
        call.context.bodyMemory?.giveBack(buffer.readableBytes)
      }
      guard count == range.range.count else { throw Problem.shortRange(range, count) }
      return Response(json: UploadReply(writer.upload))
    }
  }

  private static func range(of request: Request) throws(Problem) -> ByteRange {
    let header = RequestHeader.contentRange
    let text = try header.read(request.headers[.contentRange])
    guard let range = text.flatMap({ ByteRange($0) }) else { throw .invalidRange(text) }
    return range
  }
}

extension UploadReply {
  fileprivate init(_ upload: UploadRecord) {
    self.init()
    id = upload.id
    filename = upload.filename
    contentType = upload.contentType
    size = upload.size
    received = upload.received
    complete = upload.isComplete
    expires = upload.expires
  }
}

extension Problem {
  fileprivate static func invalidRange(_ text: String?) -> Problem {
    let fault =
      text.map { "must be such as “bytes 0-99/200”, not “\($0)”" }
      ?? "is required: which bytes of the file these are, such as “bytes 0-99/200”"
    return Problem(
      .requestInvalidField, "Content-Range: \(fault).",
      remedy: "Correct the header and send the range again.",
      fields: [FieldFault(message: fault, key: "Content-Range")])
  }

  fileprivate static func shortRange(_ range: ByteRange, _ count: Int) -> Problem {
    Problem(
      .uploadRange, "The body has \(count) bytes; Content-Range names \(range.range.count).",
      remedy: "Ask the upload for `received`, and go on there.")
  }
}
