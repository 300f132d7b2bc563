import API
import Accounts
import Core
import Store

/// Signing in on another device, for gateways that no browser reaches.
struct DeviceRoutes: Sendable {
  let devices: DeviceSignIn

  func add(to router: APIRouter) {
    router.on(Operations.startDeviceSignIn) { call in
      let body = call.body
      let form = NewForm(
        account: body.account, name: body.name, email: body.email, expectedEmail: body.expectedEmail,
        delegated: body.delegated, redirectURL: "", unknownOutcome: body.unknownOutcome)
      return DeviceSignInReply(try await devices.start(form, app: body.provider, in: call.workspace))
    }
    router.on(Operations.deviceSignIn) { call in
      DeviceStatusReply(try await devices.status(call.path, in: call.workspace))
    }
  }
}

extension DeviceSignInReply {
  fileprivate init(_ pending: PendingDeviceSignIn) {
    self.init()
    id = pending.id
    userCode = pending.userCode
    verificationURI = pending.verificationURL
    expiresIn = Int(pending.expiresIn.components.seconds)
    interval = max(Int(pending.interval.components.seconds), 1)
    message = pending.message
    url = pending.url
  }
}

extension DeviceStatusReply {
  fileprivate init(_ device: DeviceStatus) {
    self.init()
    id = device.id
    status = Word(Status(device.state))
    account = device.account
    error = device.problem.map { ProblemReply($0) }
  }
}

extension DeviceStatusReply.Status {
  fileprivate init(_ state: DeviceSignInState) {
    self =
      switch state {
      case .pending: .pending
      case .connected: .connected
      case .declined: .declined
      case .expired: .expired
      case .failed: .failed
      }
  }
}
