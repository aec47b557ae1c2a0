using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailProxy.Store.Moves.Export;

/// <summary>JSON between stores, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ExportHead))]
[JsonSerializable(typeof(ExportPage))]
[JsonSerializable(typeof(ExportTaken))]
[JsonSerializable(typeof(ExportUids))]
internal sealed partial class ExportJson : JsonSerializerContext;
