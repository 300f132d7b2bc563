import Core
package import Vault

/// The address of a hosted form.
struct HostedLink: Sendable {
  let form: FormID
  let workspace: WorkspaceID

  private static let purpose = "hosted-form"

  init(form: FormID, workspace: WorkspaceID) {
    self.form = form
    self.workspace = workspace
  }

  /// Throws `form.invalid` unless we have signed exactly this.
  init(data: String, signature: String, _ vault: Vault) throws(Problem) {
    let signed = SignedText(data: data, signature: signature, purpose: Self.purpose, vault)
    guard let text = signed?.text, let slash = text.lastIndex(of: "/") else { throw .formInvalid }
    workspace = WorkspaceID(String(text[..<slash]))
    form = FormID(String(text[text.index(after: slash)...]))
  }

  func url(_ publicURL: String, _ vault: Vault) -> String {
    SignedText("\(workspace)/\(form)").url(publicURL + "/accounts/new", purpose: Self.purpose, vault)
  }
}

/// A text in an address: `data` is the text, `sig` that we said so, for one purpose and no other.
package struct SignedText: Sendable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// `nil` unless we have signed exactly this.
  package init?(data: String, signature: String, purpose: String, _ vault: Vault) {
    // Other spellings of the same bytes are none of ours.
    guard let bytes = Digest.bytes(base64URL: signature), Digest.base64URL(bytes) == signature,
      vault.verify(bytes, of: Array(data.utf8), purpose: purpose), let text = Digest.bytes(base64URL: data)
    else { return nil }
    self.text = String(decoding: text, as: UTF8.self)
  }

  package func url(_ page: String, purpose: String, _ vault: Vault) -> String {
    let data = Digest.base64URL(Array(text.utf8))
    let signature = Digest.base64URL(vault.sign(Array(data.utf8), purpose: purpose))
    return page + "?data=" + data + "&sig=" + signature
  }
}
