import Core
import Foundation
import Vault

/// The folder of an installation: the SQLite file, the key file, the node's name and the lock.
struct DataFolder: Sendable {
  let path: String

  /// Makes the folder, readable by its owner only, when it is missing.
  init(_ path: String) throws(Problem) {
    self.path = path
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .unusableFolder(path, reason: Self.reason(error))
    }
    guard access(path, R_OK | W_OK | X_OK) == 0 else {
      throw .unusableFolder(path, reason: String(cString: strerror(errno)))
    }
  }

  /// The name under which this installation leases lanes; made once.
  func node(at now: Instant) throws(Problem) -> NodeID {
    let file = path + "/node"
    if let data = FileManager.default.contents(atPath: file) {
      let name = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      if !name.isEmpty { return NodeID(name) }
    }
    let node = NodeID.make(at: now)
    try create(file, with: node.rawValue + "\n")
    return node
  }

  /// Reads the key, or makes one where that is allowed.
  ///
  /// - Parameter mayMake: Whether it is; `false` for a database that was made with a key already.
  static func offeredKey(
    from source: Configuration.SecretKeySource, mayMake: Bool
  ) throws -> OfferedKey {
    switch source {
    case .text(let text):
      return OfferedKey(key: try MasterKey(base64: text), newFile: nil)
    case .file(let path, let makeIfMissing):
      if let data = FileManager.default.contents(atPath: path) {
        let text = Secret(String(decoding: data, as: UTF8.self))
        return OfferedKey(key: try MasterKey(base64: text), newFile: nil)
      }
      guard makeIfMissing, !FileManager.default.fileExists(atPath: path) else {
        throw Problem.unreadableKeyFile(path)
      }
      guard mayMake else { throw Problem.missingKeyFile(path) }
      let key = MasterKey.random()
      let folder = try DataFolder(URL(filePath: path).deletingLastPathComponent().path)
      try folder.create(path, with: key.base64.reveal() + "\n")
      return OfferedKey(key: key, newFile: path)
    }
  }

  /// Makes a new file with mode 0600, whole or not at all, and syncs it and the folder: what is sealed with a key
  /// that a power cut took away is lost.
  private func create(_ file: String, with text: String) throws(Problem) {
    let bytes = Array(text.utf8)
    let draft = file + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unusableFolder(draft, reason: String(cString: strerror(errno))) }
    let written = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
    close(descriptor)
    // Unlike rename, link never replaces what another process has made meanwhile.
    let placed = written && link(draft, file) == 0
    let reason = String(cString: strerror(errno))
    unlink(draft)
    guard placed else { throw .unusableFolder(file, reason: reason) }
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  /// Locks the folder for this process until it exits.
  ///
  /// - Returns: what keeps the lock; the kernel releases it when the process ends, however it ends.
  func lock() throws(Problem) -> FolderLock {
    let file = path + "/lock"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unusableFolder(file, reason: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .folderInUse(path)
    }
    return FolderLock(descriptor: descriptor)
  }

  private static func reason(_ error: any Error) -> String {
    (error as NSError).localizedDescription
  }
}

/// A key that the database has not yet been tried with.
struct OfferedKey {
  let key: MasterKey
  /// The file that was made for it just now.
  let newFile: String?

  /// It does not fit: a file of it would only mislead the next start.
  func withdraw() {
    if let newFile { unlink(newFile) }
  }
}

/// Locks the data folder for this process.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  fileprivate init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}

extension Problem {
  static func unusableFolder(_ path: String, reason: String) -> Problem {
    Problem(
      .configurationInvalid, "\(path) cannot be used: \(reason).",
      remedy: "Choose a folder with --data (HELIOGRAPH_DATA) that this user may write to.")
  }

  static func unreadableKeyFile(_ path: String) -> Problem {
    Problem(
      .vaultInvalidKey, "The key file \(path) cannot be read.",
      remedy: "Check the path and that this user may read it; it must contain base64 of 32 bytes.")
  }

  static func missingKeyFile(_ path: String) -> Problem {
    Problem(
      .vaultWrongKey, "There is no secret key at \(path), and the database was made with one.",
      remedy: "Provide that key: --secret-key-file (HELIOGRAPH_SECRET_KEY_FILE) or HELIOGRAPH_SECRET_KEY.")
  }

  static func folderInUse(_ path: String) -> Problem {
    Problem(
      .storeLocked, "Another Heliograph is using the data folder \(path).",
      remedy: "Stop it, or choose another folder with --data.")
  }
}
