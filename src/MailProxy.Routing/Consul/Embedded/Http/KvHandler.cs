using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;
using Microsoft.AspNetCore.Http;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/kv/</c>.</summary>
internal sealed class KvHandler(AgentState state, TimeProvider time) : IAgentEndpoint
{
    private static readonly string[] Conditions = ["cas", "acquire", "release"];

    public string Path => "/v1/kv/";

    public Task<AgentReply> AnswerAsync(AgentRequest request) => request.Method switch
    {
        var m when HttpMethods.IsGet(m) => request.Has("keys") ? KeysAsync(request) : GetAsync(request),
        var m when HttpMethods.IsPut(m) => PutAsync(request),
        var m when HttpMethods.IsDelete(m) => DeleteAsync(request),
        _ => Task.FromResult(AgentReply.MethodNotAllowed(request.Method)),
    };

    private async Task<AgentReply> GetAsync(AgentRequest request)
    {
        if (request.Blocking(out var blocking) is { } error)
        {
            return error;
        }

        var key = request.Rest;
        if (request.Has("recurse"))
        {
            var (entries, listIndex) = await ListAsync(request, blocking);
            return entries.Count == 0 ? AgentReply.Empty(404, listIndex) : AgentReply.Json([.. entries], ConsulJson.Default.ListKvPair, listIndex);
        }

        if (key.Length == 0)
        {
            return AgentReply.Text(400, "Missing key name");
        }

        var (entry, index) = await state.ReadAsync(s => s.Kv.Get(key), t => t.Kind == TopicKind.Key && t.Name == key, blocking, request.Gone);
        return entry is null ? AgentReply.Empty(404, index)
            : request.Has("raw") ? AgentReply.Raw(entry.Value ?? [], index)
            : AgentReply.Json([entry], ConsulJson.Default.ListKvPair, index);
    }

    private async Task<AgentReply> KeysAsync(AgentRequest request)
    {
        if (request.Blocking(out var blocking) is { } error)
        {
            return error;
        }

        var (entries, index) = await ListAsync(request, blocking);
        var keys = entries.Select(e => e.Key);
        if (request.Text("separator") is { Length: > 0 } separator)
        {
            keys = keys.Select(k => CutAfter(k, request.Rest.Length, separator)).Distinct();
        }

        return entries.Count == 0 ? AgentReply.Empty(404, index) : AgentReply.Json([.. keys], ConsulJson.Default.ListString, index);
    }

    private Task<(IReadOnlyList<KvPair> Value, ulong Index)> ListAsync(AgentRequest request, BlockingQuery blocking)
    {
        var prefix = request.Rest;
        return state.ReadAsync(
            s => s.Kv.List(prefix), t => t.Kind == TopicKind.Key && t.Name.StartsWith(prefix, StringComparison.Ordinal), blocking, request.Gone);
    }

    private static string CutAfter(string key, int from, string separator)
    {
        var at = key.IndexOf(separator, from, StringComparison.Ordinal);
        return at < 0 ? key : key[..(at + separator.Length)];
    }

    private async Task<AgentReply> PutAsync(AgentRequest request)
    {
        if (request.Rest.Length == 0)
        {
            return AgentReply.Text(400, "Missing key name");
        }

        if (Conditions.Where(request.Has).ToList() is { Count: > 1 } conflicting)
        {
            return AgentReply.Text(400, $"Conflicting flags: {string.Join(", ", conflicting)}");
        }

        if (!request.TryNumber("flags", out var flags))
        {
            return AgentReply.Text(400, "Invalid flags");
        }

        if (!request.TryNumber("cas", out var cas))
        {
            return AgentReply.Text(400, "Invalid cas index");
        }

        if (await request.BodyAsync() is not { } body)
        {
            return AgentReply.TooLarge(request.Context.Request.ContentLength ?? EmbeddedLimits.MaxBody + 1);
        }

        var entry = new KvPair { Key = request.Rest, Value = body.Length == 0 ? null : body, Flags = flags ?? 0 };
        var (done, error) = state.Change(s => Write(s, entry, cas, request.Text("acquire"), request.Text("release")));
        if (error is not null)
        {
            return error;
        }

        // A write is answered only when it is on disk.
        await state.PersistAsync(request.Gone);
        return AgentReply.Truth(done);
    }

    private (ClusterState Next, (bool Done, AgentReply? Error) Result) Write(ClusterState before, KvPair entry, ulong? cas, string? acquire, string? release)
    {
        if (before.Kv.Entries.Count >= EmbeddedLimits.MaxKeys && !before.Kv.Entries.ContainsKey(entry.Key))
        {
            return (before, (false, AgentReply.Failure($"the embedded agent holds {EmbeddedLimits.MaxKeys} keys and takes no more")));
        }

        if ((acquire ?? release) is { } session && !before.Sessions.ContainsKey(session))
        {
            return (before, (false, AgentReply.Failure($"invalid session \"{session}\"")));
        }

        var (next, done) = (cas, acquire, release) switch
        {
            ({ } index, _, _) => KvWrites.Cas(before, entry, index),
            (_, { } holder, _) => KvWrites.Acquire(before, entry, holder, time.GetUtcNow()),
            (_, _, { } holder) => KvWrites.Release(before, entry, holder),
            _ => KvWrites.Set(before, entry),
        };
        return (next, (done, null));
    }

    private async Task<AgentReply> DeleteAsync(AgentRequest request)
    {
        var key = request.Rest;
        if (!request.TryNumber("cas", out var cas))
        {
            return AgentReply.Text(400, "Invalid cas index");
        }

        if (request.Has("recurse") && cas is not null)
        {
            return AgentReply.Text(400, "Conflicting flags: recurse, cas");
        }

        if (key.Length == 0 && !request.Has("recurse"))
        {
            return AgentReply.Text(400, "Missing key name");
        }

        var done = state.Change(s => request.Has("recurse") ? (KvWrites.DeleteTree(s, key), true)
            : cas is { } index ? KvWrites.DeleteCas(s, key, index)
            : (KvWrites.Delete(s, key), true));
        await state.PersistAsync(request.Gone);
        return AgentReply.Truth(done);
    }
}
