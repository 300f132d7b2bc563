import Core
import JSON
import Testing

@testable import API

/// A contract without its type, for tests of all of them.
struct AnyContract: Sendable, CustomTestStringConvertible {
  let schema: ObjectSchema
  /// As the server reads it; the problem, if there is one.
  let problem: @Sendable ([UInt8]) -> Problem?
  /// As the body streams, byte by byte.
  let streamedProblem: @Sendable ([UInt8]) -> Problem?
  /// Reads as a client does, writes and reads again: whether the two are equal.
  let survives: @Sendable (JSONObject) -> Bool
  /// Reads as a client does, and writes what a stranger may see.
  let masked: @Sendable (JSONObject) -> [UInt8]

  var testDescription: String { schema.name }

  init<Body: Contract>(_ type: Body.Type) {
    schema = Body.fields.schema
    problem = { bytes in
      do throws(Problem) {
        _ = try Body.read(bytes)
        return nil
      } catch {
        return error
      }
    }
    streamedProblem = { bytes in
      do throws(Problem) {
        var reader = BodyReader<Body>()
        for byte in bytes { try reader.feed([byte]) }
        _ = try reader.finish()
        return nil
      } catch {
        return error
      }
    }
    survives = { object in
      var reading = Reading(.reply)
      let value = Body.fields.read(object, &reading)
      guard reading.mark == 0, let again = try? Body.read(reply: value.json(revealingSecrets: true)) else {
        return false
      }
      return again == value
    }
    masked = { object in
      var reading = Reading(.reply)
      return Body.fields.read(object, &reading).json()
    }
  }

  static let requests = [
    AnyContract(SubmitRequest.self), AnyContract(AccountRequest.self), AnyContract(AccountUpdateRequest.self),
    AnyContract(Reconnection.self),
    AnyContract(SignInRequest.self), AnyContract(DeviceSignInRequest.self), AnyContract(AppRequest.self),
    AnyContract(AppUpdateRequest.self), AnyContract(RegistrationRequest.self),
    AnyContract(AppVerifyRequest.self),
    AnyContract(AccountVerifyRequest.self), AnyContract(TokenRequest.self),
    AnyContract(WorkspaceRequest.self),
    AnyContract(WorkspaceUpdateRequest.self), AnyContract(ReleaseRequest.self),
    AnyContract(OutboxSelection.self),
    AnyContract(OutboxRelease.self), AnyContract(OutboxReschedule.self),
    AnyContract(WebhookRouteRequest.self), AnyContract(WebhookRouteUpdate.self),
    AnyContract(WebhookRotation.self), AnyContract(WebhookReplay.self),
    AnyContract(SettingsRequest.self),
    AnyContract(BlocklistRequest.self), AnyContract(MessageUpdate.self), AnyContract(MessageMove.self),
  ]

  static let replies = [
    AnyContract(SubmitReply.self), AnyContract(OutboxPage.self), AnyContract(OutboxReply.self),
    AnyContract(MessageCancelled.self), AnyContract(OutboxChange.self), AnyContract(AccountCreated.self),
    AnyContract(AccountPage.self),
    AnyContract(AccountReply.self), AnyContract(AccountUpdated.self), AnyContract(AccountDeleted.self),
    AnyContract(AccountPaused.self),
    AnyContract(Reconnection.self), AnyContract(AccountTokenReply.self), AnyContract(ImportLine.self),
    AnyContract(SignInLink.self), AnyContract(DeviceSignInReply.self), AnyContract(DeviceStatusReply.self),
    AnyContract(AppPage.self), AnyContract(AppReply.self), AnyContract(AppCreated.self),
    AnyContract(AppUpdated.self),
    AnyContract(AppDeleted.self), AnyContract(VerificationReply.self), AnyContract(RegistrationReply.self),
    AnyContract(EventPage.self), AnyContract(TokenPage.self), AnyContract(TokenIssued.self),
    AnyContract(SMTPServerReply.self),
    AnyContract(TokenDeleted.self), AnyContract(WorkspacePage.self), AnyContract(WorkspaceReply.self),
    AnyContract(WorkspaceCreated.self), AnyContract(WorkspaceUpdated.self),
    AnyContract(WorkspaceDeleted.self),
    AnyContract(WebhookRoutePage.self), AnyContract(WebhookRouteReply.self),
    AnyContract(WebhookRouteCreated.self), AnyContract(WebhookRouteChanged.self),
    AnyContract(WebhookRouteDeleted.self), AnyContract(WebhookSecretReply.self),
    AnyContract(WebhookPostReply.self), AnyContract(WebhookPostPage.self), AnyContract(WebhookReplayed.self),
    AnyContract(SettingsReply.self), AnyContract(SettingsUpdated.self),
    AnyContract(BlocklistsPage.self), AnyContract(BlocklistPage.self), AnyContract(BlocklistAdded.self),
    AnyContract(BlocklistDeleted.self),
    AnyContract(MailboxList.self), AnyContract(MessageList.self), AnyContract(MessageReply.self),
    AnyContract(MessageTextReply.self), AnyContract(MessageUpdated.self), AnyContract(MessageMoved.self),
    AnyContract(MessageDeleted.self),
    AnyContract(HealthReply.self), AnyContract(ErrorReply.self),
  ]

  static let all = requests + replies

  /// Those whose fields depend on each other, so that hardly any random body is allowed.
  static let withRules: Set = [
    "AccountRequest", "AccountUpdateRequest", "FormRequest", "AppVerifyRequest", "OutboxSelection",
    "OutboxReleaseSelection", "OutboxRescheduleSelection", "WebhookReplay", "SettingsRequest",
  ]
}
