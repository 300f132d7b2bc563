import API
import Core
import Foundation
import NIOCore

/// Uploads a file in ranges, for a message that is to carry it.
struct FileUpload {
  let client: APIClient
  let account: AccountID
  let bar: ProgressLine

  /// Bytes of a file that goes within the message; what is larger is uploaded.
  static let threshold = 5_000_000
  /// Bytes of a range.
  private static let range = 4 << 20
  /// How often in a row no range may get through.
  private static let patience = 6

  /// Goes on where the gateway has got to when a connection breaks.
  func send(_ path: String, size: Int) async throws -> UploadID {
    guard let file = FileHandle(forReadingAtPath: path) else { throw Problem.unreadableFile(path) }
    defer { try? file.close() }
    let name = URL(filePath: path).lastPathComponent
    var request = UploadRequest()
    request.filename = name
    request.size = size
    var upload = try await client.call(Operations.createUpload, path: account, body: request).value
    var failures = 0
    while !upload.complete {
      bar.show(
        fraction: Double(upload.received) / Double(size),
        "\(name): \(upload.received >> 20) of \(size >> 20) MB")
      do {
        upload = try await sendRange(of: file, path, upload)
        failures = 0
      } catch let problem as Problem where problem.isPassing || problem.code == .uploadRange {
        failures += 1
        guard failures < Self.patience else { throw problem }
        try await Task.sleep(for: .milliseconds(250) * (1 << failures))
        if let known = try? await client.call(Operations.upload, path: UploadPath(account, upload.id)).value {
          upload = known
        }
      }
    }
    bar.clear()
    return upload.id
  }

  private func sendRange(of file: FileHandle, _ path: String, _ upload: UploadReply) async throws
    -> UploadReply
  {
    let first = upload.received
    let count = min(Self.range, upload.size - first)
    let data: Data?
    do {
      try file.seek(toOffset: UInt64(first))
      data = try file.read(upToCount: count)
    } catch {
      throw Problem.unreadableFile(path)
    }
    guard let data, data.count == count else { throw Problem.changedFile(path) }
    let range = "bytes \(first)-\(first + count - 1)/\(upload.size)"
    return try await client.call(
      Operations.putUpload, path: UploadPath(account, upload.id), bytes: ByteBuffer(bytes: data),
      headers: [(RequestHeader.contentRange.name, range)]
    ).value
  }
}

extension Problem {
  /// Whether the same request may get through in a moment.
  var isPassing: Bool {
    switch code {
    case .serverBusy, .storeUnavailable, .idempotencyInProgress: true
    default: code == .requestInternal && retry == .unsafe
    }
  }

  fileprivate static func changedFile(_ path: String) -> Problem {
    Problem(
      .requestInvalidField, "The file \(path) has become shorter while it was being uploaded.",
      remedy: "Send the message again when the file is complete.")
  }
}
