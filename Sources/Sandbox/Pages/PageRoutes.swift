import Foundation
import Hummingbird

extension SandboxState {
  /// The pages that show the mail: `/` and what it links to.
  func addPageRoutes(to router: Router<SandboxContext>) throws {
    router.get("/") { [self] _, _ in
      let mailboxes = await mail.overview(at: clock.now)
      return Response.html(MailboxListPage(mailboxes: mailboxes, directory: directory).html)
    }
    router.get("/mailbox/:mailbox") { [self] request, context in
      let mailbox = try mailbox(named: context)
      let name = try FormFields(query: request)["folder"] ?? MailFolder.inbox.wellKnownName
      guard let folder = MailFolder(wellKnownName: name) else { throw HTTPError(.notFound) }
      let content = try await mail.mailbox(mailbox, at: clock.now)
      return await Response.html(
        FolderPage(mailbox: content, folder: folder, epoch: mail.epoch).html)
    }
    router.get("/mailbox/:mailbox/:item") { [self] _, context in
      let mailbox = try mailbox(named: context)
      let name = context.parameters.get("item") ?? ""
      guard let item = try? await mail.item(name.removingPercentEncoding ?? name, in: mailbox, at: clock.now)
      else {
        throw HTTPError(
          .notFound, message: "This message is not in the mailbox, or no longer under this name.")
      }
      let owner = try await mail.mailbox(mailbox, at: clock.now).owner
      return Response.html(SingleMessagePage(item: item, owner: owner).html)
    }
  }

  private func mailbox(named context: SandboxContext) throws -> MailboxID {
    guard let name = context.parameters.get("mailbox"), let user = directory.user(name), user.hasMailbox,
      let mailbox = MailboxID(user.id)
    else { throw HTTPError(.notFound, message: "There is no such mailbox.") }
    return mailbox
  }
}
