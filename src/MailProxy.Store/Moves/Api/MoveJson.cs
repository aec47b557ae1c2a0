using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailProxy.Store.Moves.Api;

/// <summary>JSON of the stores' move API, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(UserMoveState))]
[JsonSerializable(typeof(HoldRequest))]
[JsonSerializable(typeof(PullRequest))]
[JsonSerializable(typeof(PullProgress))]
[JsonSerializable(typeof(ActivateRequest))]
[JsonSerializable(typeof(FenceRequest))]
[JsonSerializable(typeof(StoreUserPage))]
[JsonSerializable(typeof(NewcomersRequest))]
[JsonSerializable(typeof(NewcomersState))]
[JsonSerializable(typeof(MoveProblem))]
public sealed partial class MoveJson : JsonSerializerContext;
