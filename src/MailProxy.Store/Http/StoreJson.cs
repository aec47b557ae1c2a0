using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailProxy.Store.Http;

/// <summary>JSON of the HTTP API, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MailSummary))]
internal sealed partial class StoreJson : JsonSerializerContext;
