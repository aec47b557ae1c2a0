using System.Text.Json.Serialization;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul;

/// <summary>
/// Source-generated JSON of everything that goes over the wire; member names as Go writes them, read in any case as Go reads them.
/// Go writes null for empty lists and maps, and a generated reader gives null for members that are missing: the models' init accessors
/// turn both into empty values.
/// </summary>
// Metadata only: the generated fast path writes a null octet array as "", and Consul's null is null.
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(List<KvPair>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(List<ServiceHealth>))]
[JsonSerializable(typeof(List<HealthCheck>))]
[JsonSerializable(typeof(List<NodeInfo>))]
[JsonSerializable(typeof(List<SessionInfo>))]
[JsonSerializable(typeof(List<TxnOperation>))]
[JsonSerializable(typeof(Dictionary<string, AgentService>))]
[JsonSerializable(typeof(Dictionary<string, HealthCheck>))]
[JsonSerializable(typeof(Dictionary<string, IReadOnlyList<string>>))]
[JsonSerializable(typeof(AgentService))]
[JsonSerializable(typeof(ServiceDefinition))]
[JsonSerializable(typeof(CheckDefinition))]
[JsonSerializable(typeof(CheckUpdate))]
[JsonSerializable(typeof(SessionDefinition))]
[JsonSerializable(typeof(SessionCreated))]
[JsonSerializable(typeof(TxnAnswer))]
[JsonSerializable(typeof(Embedded.State.KvFileDocument))]
[JsonSerializable(typeof(LastGood.SavedRouting))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ConsulJson : JsonSerializerContext;
