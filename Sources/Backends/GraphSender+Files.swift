import Accounts
import Core
import Microsoft
import Store
import Vault

// The files of a draft that is too large for one request.
extension GraphSender {
  func attach(_ file: OutgoingFile, content: [UInt8], to draft: DraftID) async throws {
    try await request(uploading: content.count) { graph in
      try await graph.attach(GraphFile(file), content: content, to: draft.rawValue)
    }
  }

  func openUpload(of file: OutgoingFile, to draft: DraftID) async throws -> UploadSession? {
    let url = try await request { graph in try await graph.openUpload(of: GraphFile(file), to: draft.rawValue)
    }
    return url.map { UploadSession(Digest.base64URL(vault.seal($0, for: box))) }
  }

  func upload(
    _ bytes: [UInt8], at offset: Int, of file: OutgoingFile, in session: UploadSession
  ) async throws -> UploadStatus {
    let url = try url(of: session)
    return UploadStatus(
      try await request(uploading: bytes.count) { graph in
        try await graph.upload(bytes, at: offset, of: file.size, to: url)
      })
  }

  func uploadStatus(of session: UploadSession) async throws -> UploadStatus {
    let url = try url(of: session)
    return UploadStatus(try await request { graph in try await graph.progress(of: url) })
  }

  func fileNames(of draft: DraftID) async throws -> [String] {
    try await request { graph in try await graph.fileNames(of: draft.rawValue) }
  }

  private func url(of session: UploadSession) throws(Problem) -> Secret {
    try vault.openSecret(Digest.bytes(base64URL: session.rawValue) ?? [], for: box)
  }

  private var box: BoxIdentity {
    BoxIdentity("queue", account.workspace.rawValue, account.id.rawValue, "upload_url")
  }
}

extension GraphFile {
  fileprivate init(_ file: OutgoingFile) {
    self.init(
      name: file.name, contentType: file.contentType, contentID: file.contentID, isInline: file.isInline,
      size: file.size)
  }
}

extension UploadStatus {
  fileprivate init(_ upload: GraphUpload) {
    self =
      switch upload {
      case .needs(let offset): .needs(offset)
      case .complete: .complete
      case .gone: .gone
      }
  }
}
