using System.Globalization;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary><c>/v1/kv</c>.</summary>
internal sealed class KvEndpoint(ConsulHttp http) : IConsulKv
{
    // Consul's own limit; it answers 413 beyond.
    private const int MaxValueBytes = 512 * 1024;

    public async Task<ConsulAnswer<KvPair?>> GetAsync(string key, ConsulQuery query, CancellationToken cancellationToken)
    {
        var reply = await http.ReadAsync(Path(key), "", query, cancellationToken);
        var found = reply.RequireOrNotFound()?.Json(ConsulJson.Default.ListKvPair).FirstOrDefault();
        return new ConsulAnswer<KvPair?>(found, reply.Index, found is not null, reply.KnownLeader);
    }

    public async Task<ConsulAnswer<IReadOnlyList<KvPair>>> ListAsync(string prefix, ConsulQuery query, CancellationToken cancellationToken)
    {
        var reply = await http.ReadAsync(Path(Folder(prefix)), "recurse", query, cancellationToken);
        var found = reply.RequireOrNotFound()?.Json(ConsulJson.Default.ListKvPair);
        return new ConsulAnswer<IReadOnlyList<KvPair>>(found ?? [], reply.Index, found is not null, reply.KnownLeader);
    }

    public async Task<ConsulAnswer<IReadOnlyList<string>>> KeysAsync(string prefix, ConsulQuery query, CancellationToken cancellationToken)
    {
        var reply = await http.ReadAsync(Path(Folder(prefix)), "keys", query, cancellationToken);
        var found = reply.RequireOrNotFound()?.Json(ConsulJson.Default.ListString);
        return new ConsulAnswer<IReadOnlyList<string>>(found ?? [], reply.Index, found is not null, reply.KnownLeader);
    }

    public async Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (!await WriteAsync(key, "", value, cancellationToken))
        {
            throw new ConsulException(ConsulFault.Temporary, $"PUT {key}: Consul answered false to a plain write");
        }
    }

    public Task<bool> CasAsync(string key, ReadOnlyMemory<byte> value, ulong modifyIndex, CancellationToken cancellationToken) =>
        WriteAsync(key, string.Create(CultureInfo.InvariantCulture, $"cas={modifyIndex}"), value, cancellationToken);

    public Task<bool> AcquireAsync(string key, ReadOnlyMemory<byte> value, string session, CancellationToken cancellationToken) =>
        WriteAsync(key, "acquire=" + Uri.EscapeDataString(session), value, cancellationToken);

    public Task<bool> ReleaseAsync(string key, ReadOnlyMemory<byte> value, string session, CancellationToken cancellationToken) =>
        WriteAsync(key, "release=" + Uri.EscapeDataString(session), value, cancellationToken);

    public async Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        (await http.SendAsync(HttpMethod.Delete, Path(key), "", null, cancellationToken)).Require();

    public async Task<bool> DeleteCasAsync(string key, ulong modifyIndex, CancellationToken cancellationToken)
    {
        var parameters = string.Create(CultureInfo.InvariantCulture, $"cas={modifyIndex}");
        return (await http.SendAsync(HttpMethod.Delete, Path(key), parameters, null, cancellationToken)).Truth();
    }

    public async Task DeleteTreeAsync(string prefix, CancellationToken cancellationToken) =>
        (await http.SendAsync(HttpMethod.Delete, Path(Folder(prefix)), "recurse", null, cancellationToken)).Require();

    private static string Path(string key) => "kv/" + ConsulKey.Escape(key);

    // Prefixes are textual: without the slash "users/bob" would reach "users/bobby" too.
    private static string Folder(string prefix) =>
        prefix.EndsWith('/') ? prefix : throw new ArgumentException($"the prefix '{prefix}' must end with a slash", nameof(prefix));

    private async Task<bool> WriteAsync(string key, string parameters, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (value.Length > MaxValueBytes)
        {
            throw new ArgumentException($"the value of {key} has {value.Length} octets; Consul takes {MaxValueBytes}", nameof(value));
        }

        return (await http.SendAsync(HttpMethod.Put, Path(key), parameters, value, cancellationToken)).Truth();
    }
}
