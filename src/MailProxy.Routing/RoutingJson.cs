using System.Text.Json.Serialization;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Plans;
using MailProxy.Routing.Slots;

namespace MailProxy.Routing;

/// <summary>Source-generated JSON of the values that operators and this program write.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PinDocument))]
[JsonSerializable(typeof(SlotDocument))]
[JsonSerializable(typeof(OperatorStateDocument))]
[JsonSerializable(typeof(MoveDocument))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(MoveAck))]
[JsonSerializable(typeof(ProxyDocument))]
internal sealed partial class RoutingJson : JsonSerializerContext;
