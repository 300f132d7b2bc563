package import Core
package import Store
import Vault

/// What a person needs in order to sign in on another device.
package struct PendingDeviceSignIn: Sendable, Hashable {
  package let id: DeviceSignInID
  /// What to enter.
  package let userCode: String
  /// Where to enter it, at Microsoft.
  package let verificationURL: String
  package let expires: Instant
  /// How long the code works, and how often to ask for the result.
  package let expiresIn: Duration
  package let interval: Duration
  /// A page of the gateway that shows the code and the state of the sign-in.
  package let url: String

  /// One sentence with both.
  package var message: String { "Open \(verificationURL) in any browser and enter the code \(userCode)." }

  init(_ record: DeviceSignInRecord, url: String) {
    id = record.id
    userCode = record.userCode
    verificationURL = record.verificationURL
    expires = record.expires
    expiresIn = record.expires - record.created
    interval = record.pollInterval
    self.url = url
  }
}

/// The state of a sign-in on another device.
package struct DeviceStatus: Sendable, Hashable {
  package let id: DeviceSignInID
  package let state: DeviceSignInState
  /// If it is connected.
  package let account: AccountID?
  /// If it was declined, expired or failed.
  package let problem: ProblemRecord?
}

/// What the page of a code shows.
package struct DevicePage: Sendable {
  package let status: DeviceStatus
  package let userCode: String
  /// Where to enter it, at Microsoft.
  package let verificationURL: String
  package let expires: Instant
  /// The address that must sign in; `nil` allows any.
  package let email: String?
  package let requester: Requester?
  /// Of one that is connected: the form's own address with `account` and `state` in its query.
  package let redirect: String?
  /// If it ended otherwise.
  package let back: WayBack?
  /// The hosted link, while it works.
  package let tryAgain: String?

  typealias Parts = (
    record: DeviceSignInRecord, form: HostedFormRecord?, workspace: WorkspaceRecord?, account: AccountRecord?
  )

  init(_ parts: Parts, tryAgain: String?) {
    let (record, form) = (parts.record, parts.form)
    status = DeviceStatus(
      id: record.id, state: record.state, account: record.account, problem: record.problem)
    userCode = record.userCode
    verificationURL = record.verificationURL
    expires = record.expires
    email = form?.wantedEmail
    requester = form.map { Requester($0, workspace: parts.workspace) }
    redirect = parts.account.flatMap { account in
      // An account keeps its creation time when it is connected again.
      let origin: AccountOrigin = account.created < record.created ? .existing : .new
      return form?.redirect(to: account, origin)
    }
    back = record.problem.flatMap { problem in form.map { WayBack($0, after: problem) } }
    self.tryAgain = tryAgain
  }
}

/// The address of the page that shows a code: `data` says which, `sig` that we said so.
struct DeviceLink: Sendable {
  let id: DeviceSignInID
  let workspace: WorkspaceID

  private static let purpose = "device-sign-in"

  init(id: DeviceSignInID, workspace: WorkspaceID) {
    self.id = id
    self.workspace = workspace
  }

  /// Throws `form.invalid` unless we have signed exactly this.
  init(data: String, signature: String, _ vault: Vault) throws(Problem) {
    let signed = SignedText(data: data, signature: signature, purpose: Self.purpose, vault)
    guard let text = signed?.text, let slash = text.lastIndex(of: "/") else { throw .formInvalid }
    workspace = WorkspaceID(String(text[..<slash]))
    id = DeviceSignInID(String(text[text.index(after: slash)...]))
  }

  func url(_ publicURL: String, _ vault: Vault) -> String {
    SignedText("\(workspace)/\(id)").url(publicURL + "/accounts/device", purpose: Self.purpose, vault)
  }
}
