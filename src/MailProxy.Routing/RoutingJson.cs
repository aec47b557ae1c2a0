using System.Text.Json.Serialization;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Slots;

namespace MailProxy.Routing;

/// <summary>Source-generated JSON of the values that operators write.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PinDocument))]
[JsonSerializable(typeof(SlotDocument))]
[JsonSerializable(typeof(OperatorStateDocument))]
internal sealed partial class RoutingJson : JsonSerializerContext;
