import API
import Accounts
import Core
import Hummingbird
import Store

// A code to enter on another device.
extension HostedPages {
  /// Seconds between two checks whether the code has been entered; Microsoft is asked at its own pace.
  private static let checkEvery = 4

  func addDevice(to pages: RouterGroup<WebContext>) {
    pages.post("/accounts/device", use: getCode)
    pages.get("/accounts/device", use: showCode)
  }

  private func getCode(_ request: Request, _ context: WebContext) async throws -> Response {
    try await fromLink(request) { form in
      let pending = try await devices.start(data: form.data, sig: form.sig, app: form.app)
      return redirect(to: pending.url)
    }
  }

  private func showCode(_ request: Request, _ context: WebContext) async throws -> Response {
    let query = try request.formQuery
    let page = try await devices.page(data: query["data"] ?? "", sig: query["sig"] ?? "")
    switch page.status.state {
    case .connected: return redirect(to: page.redirect ?? "/")
    case .pending:
      var response = html(.device(page))
      response.headers.set("Refresh", "\(Self.checkEvery)")
      return response
    case .declined, .expired, .failed:
      guard let problem = page.status.problem else { return redirect(to: page.tryAgain ?? "/") }
      return refusal(PageFailure(problem), tryAgain: page.tryAgain, back: page.back)
    }
  }
}
