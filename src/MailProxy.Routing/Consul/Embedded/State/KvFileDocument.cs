using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>The JSON of the file.</summary>
/// <param name="Index">Index of the last change.</param>
/// <param name="Entries">All entries.</param>
internal sealed record KvFileDocument(ulong Index, IReadOnlyList<KvPair> Entries);
