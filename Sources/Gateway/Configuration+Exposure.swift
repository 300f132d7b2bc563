import Core
import Foundation
import Store
import Web

extension Configuration {
  /// Throws `vault.keyExposed` for a key in the data folder that every user of the machine can read: Heliograph made
  /// it for its owner only, so somebody has changed that. A key elsewhere is the operator's: containers mount secrets
  /// readable by all.
  func refuseExposedKey() throws(Problem) {
    guard case .file(let path, true) = secretKey, let mode = Self.mode(of: path), mode & 0o004 != 0 else {
      return
    }
    throw Problem(
      .vaultKeyExposed, "Every user of this machine can read the secret key \(path) (mode \(octal(mode))).",
      remedy: "Run `chmod 600 \(path)`, and find out who could read it since it was changed.")
  }

  /// What is open to others and still works. Looked at each time, because it may change while Heliograph runs.
  func exposures() -> [ExposedFile] {
    var found: [ExposedFile] = []
    func expect(_ path: String, _ what: String, bits: Int, closed: String, does: String) {
      guard let mode = Self.mode(of: path), mode & bits != 0 else { return }
      found.append(
        ExposedFile(
          message: "\(what) \(path) can be \(does) by other users of this machine (mode \(octal(mode))).",
          remedy: "Run `chmod \(closed) \(path)`."))
    }
    expect(data, "The data folder", bits: 0o007, closed: "700", does: "opened")
    if case .file(let path, _) = secretKey {
      expect(path, "The secret key", bits: 0o007, closed: "600", does: "read")
    }
    if case .sqlite(let path) = database {
      expect(path, "The database", bits: 0o007, closed: "600", does: "read")
    }
    if let file, holdsSecrets {
      expect(file, "The configuration file", bits: 0o007, closed: "600", does: "read")
    }
    return found
  }

  private func octal(_ mode: Int) -> String { String(mode, radix: 8) }

  /// `nil` for a file that is not there.
  private static func mode(of path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    return attributes?[.posixPermissions] as? Int
  }
}
