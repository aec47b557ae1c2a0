using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/session/</c>.</summary>
internal sealed class SessionHandler(AgentState state, string node, TimeProvider time) : IAgentEndpoint
{
    public string Path => "/v1/session/";

    public Task<AgentReply> AnswerAsync(AgentRequest request)
    {
        var parts = request.Rest.Split('/', 2);
        var id = parts.Length > 1 ? parts[1] : "";
        return (parts[0], request.IsPut, request.IsGet) switch
        {
            ("create", true, _) => CreateAsync(request),
            ("renew", true, _) => Task.FromResult(Renew(id)),
            ("destroy", true, _) => DestroyAsync(id, request),
            ("info", _, true) => ReadAsync(request, s => s.Info.Id == id, t => t.Name == id),
            ("list", _, true) => ReadAsync(request, _ => true, _ => true),
            ("node", _, true) => ReadAsync(request, _ => id == node, _ => true),
            ("create" or "renew" or "destroy" or "info" or "list" or "node", _, _) => Task.FromResult(AgentReply.MethodNotAllowed(request.Method)),
            _ => Task.FromResult(AgentReply.Text(404, "404 page not found")),
        };
    }

    private async Task<AgentReply> CreateAsync(AgentRequest request)
    {
        var (definition, error) = await request.JsonAsync(ConsulJson.Default.SessionDefinition);
        if (definition is null || (error = Read(definition, out var session)) is not null)
        {
            return error!;
        }

        var created = state.Change(s => s.Sessions.Count >= EmbeddedLimits.MaxRegistrations
            ? (s, false)
            : (SessionWrites.Create(s, session, time.GetUtcNow()), true));
        return created
            ? AgentReply.Json(new SessionCreated(session.Info.Id), ConsulJson.Default.SessionCreated)
            : AgentReply.Failure($"the embedded agent holds {EmbeddedLimits.MaxRegistrations} sessions and takes no more");
    }

    private AgentReply? Read(SessionDefinition definition, out SessionRecord session)
    {
        session = null!;
        TimeSpan? ttl = null;
        if (definition.Ttl.Length != 0 && definition.Ttl != "0s")
        {
            if (!GoDuration.TryParse(definition.Ttl, out var parsed))
            {
                return AgentReply.Text(400, $"Request decode failed: time: invalid duration \"{definition.Ttl}\"");
            }

            if (parsed < EmbeddedLimits.MinSessionTtl || parsed > EmbeddedLimits.MaxSessionTtl)
            {
                return AgentReply.Failure($"Invalid Session TTL '{definition.Ttl}', must be between [10s=24h0m0s]");
            }

            ttl = parsed;
        }

        var delay = EmbeddedLimits.DefaultLockDelay;
        if (definition.LockDelay is { } text && !GoDuration.TryParse(text, out delay))
        {
            return AgentReply.Text(400, $"Request decode failed: time: invalid duration \"{text}\"");
        }

        if (definition.Behavior is not ("" or "release" or SessionWrites.DeleteBehavior))
        {
            return AgentReply.Failure($"Invalid Session behavior setting '{definition.Behavior}'");
        }

        delay = delay > EmbeddedLimits.MaxLockDelay ? EmbeddedLimits.MaxLockDelay : delay;
        var info = new SessionInfo
        {
            Id = Guid.NewGuid().ToString(),
            Name = definition.Name,
            Node = node,
            Behavior = definition.Behavior.Length == 0 ? "release" : definition.Behavior,
            Ttl = definition.Ttl,
            LockDelay = (long)delay.TotalMilliseconds * 1_000_000,
        };
        session = new SessionRecord(info, delay, ttl, DateTimeOffset.MaxValue);
        return null;
    }

    private AgentReply Renew(string id)
    {
        var session = state.Change(s => s.Sessions.TryGetValue(id, out var found)
            ? (SessionWrites.Renew(s, found, time.GetUtcNow()), found)
            : (s, null));
        return session is null
            ? AgentReply.Text(404, $"Session id '{id}' not found")
            : AgentReply.Json([session.Info], ConsulJson.Default.ListSessionInfo);
    }

    private async Task<AgentReply> DestroyAsync(string id, AgentRequest request)
    {
        state.Change(s => s.Sessions.TryGetValue(id, out var session) ? (SessionWrites.End(s, session, time.GetUtcNow()), true) : (s, true));
        await state.PersistAsync(request.Gone);
        return AgentReply.Truth(true);
    }

    // A session that does not exist is an empty list, not a 404.
    private async Task<AgentReply> ReadAsync(AgentRequest request, Func<SessionRecord, bool> wanted, Func<Topic, bool> matches)
    {
        if (request.Blocking(out var blocking) is { } error)
        {
            return error;
        }

        var (sessions, index) = await state.ReadAsync(
            s => ((List<SessionInfo>)[.. s.Sessions.Values.Where(wanted).Select(r => r.Info).OrderBy(i => i.CreateIndex)], s.Index),
            t => t.Kind == TopicKind.Session && matches(t), blocking, request.Gone);
        return AgentReply.Json(sessions, ConsulJson.Default.ListSessionInfo, index);
    }
}
