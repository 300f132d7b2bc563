import Core
import Foundation
import Store
import Web

extension Configuration {
  /// Throws `vault.keyExposed` for a key in the data folder that every user of the machine can read. A key elsewhere is the operator's: containers mount secrets
  /// readable by all.
  func refuseExposedKey() throws(Problem) {
    guard case .file(let path, _) = secretKey, Self.folder(of: path) == Self.resolved(data),
      let mode = Self.mode(of: path), mode & Self.byOthers != 0
    else { return }
    throw Problem(
      .vaultKeyExposed, "Every user of this machine can read the secret key \(path) (mode \(octal(mode))).",
      remedy: "Run `chmod 600 \(path)`, and find out who could read it since it was changed.")
  }

  /// What is open to others and still works. Looked at each time, because it may change while Heliograph runs.
  func exposures() -> [ExposedFile] {
    var found: [ExposedFile] = []
    func expect(_ path: String, _ what: String, closed: String, does: String) {
      guard let mode = Self.mode(of: path), mode & Self.byOthers != 0 else { return }
      found.append(
        ExposedFile(
          message: "\(what) \(path) can be \(does) by other users of this machine (mode \(octal(mode))).",
          remedy: "Run `chmod \(closed) \(path)`."))
    }
    expect(data, "The data folder", closed: "700", does: "opened")
    if case .file(let path, _) = secretKey { expect(path, "The secret key", closed: "600", does: "read") }
    if case .sqlite(let path) = database { expect(path, "The database", closed: "600", does: "read") }
    if let file, holdsSecrets { expect(file, "The configuration file", closed: "600", does: "read") }
    return found
  }

  /// What the mode gives to users who are neither the owner nor in the group.
  private static let byOthers = 0o007

  private func octal(_ mode: Int) -> String { String(mode, radix: 8) }

  /// `nil` for a file that is not there.
  private static func mode(of path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: resolved(path)))?[.posixPermissions] as? Int
  }

  private static func folder(of path: String) -> String {
    URL(filePath: resolved(path)).deletingLastPathComponent().path
  }

  private static func resolved(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().path
  }
}

extension Configuration {
  /// Bytes that are free on the disk of the database; `nil` when it is not on this machine.
  var freeSpace: Int? {
    guard case .sqlite(let path) = database else { return nil }
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }
}
