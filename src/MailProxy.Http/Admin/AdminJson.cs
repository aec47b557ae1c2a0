using System.Text.Json.Serialization;

namespace MailProxy.Http.Admin;

/// <summary>Source-generated JSON of the admin API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AdminNode))]
[JsonSerializable(typeof(AdminSessionPage))]
[JsonSerializable(typeof(AdminKicked))]
[JsonSerializable(typeof(AdminReload))]
[JsonSerializable(typeof(AdminError))]
internal sealed partial class AdminJson : JsonSerializerContext;
