import Core
import Vault

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
    let text = try SignedText(data: data, signature: signature, purpose: Self.purpose, vault).text
    guard let slash = text.lastIndex(of: "/") else { throw .formInvalid }
    workspace = WorkspaceID(String(text[..<slash]))
    form = FormID(String(text[text.index(after: slash)...]))
  }

  func url(_ publicURL: String, _ vault: Vault) -> String {
    SignedText("\(workspace)/\(form)").url(publicURL + "/accounts/new", purpose: Self.purpose, vault)
  }
}
