using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>Values of the table <c>moves</c>. JSON: they are few, and an operator in trouble can read them.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MoveRecord))]
[JsonSerializable(typeof(StagedNames))]
internal sealed partial class MoveRecordJson : JsonSerializerContext;
