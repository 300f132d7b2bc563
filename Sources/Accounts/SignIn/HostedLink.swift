import Core
import Vault

/// The address of a hosted form: `data` says which form, `sig` that we said so.
struct HostedLink: Sendable {
  let form: FormID
  let workspace: WorkspaceID

  private static let purpose = "hosted-form"

  init(form: FormID, workspace: WorkspaceID) {
    self.form = form
    self.workspace = workspace
  }

  /// Throws `form.invalid` unless we have signed exactly this.
  init(data: String, signature: String, _ vault: Vault) throws(AccountProblem) {
    guard let signature = Digest.bytes(base64URL: signature),
      vault.verify(signature, of: Array(data.utf8), purpose: Self.purpose),
      let bytes = Digest.bytes(base64URL: data)
    else { throw .formInvalid }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let slash = text.lastIndex(of: "/") else { throw .formInvalid }
    workspace = WorkspaceID(String(text[..<slash]))
    form = FormID(String(text[text.index(after: slash)...]))
  }

  func url(_ publicURL: String, _ vault: Vault) -> String {
    let data = Digest.base64URL(Array("\(workspace)/\(form)".utf8))
    let signature = Digest.base64URL(vault.sign(Array(data.utf8), purpose: Self.purpose))
    return publicURL + "/accounts/new?data=" + data + "&sig=" + signature
  }
}
