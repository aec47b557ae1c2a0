using System.Text.Json;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary><c>/v1/session</c>.</summary>
internal sealed class SessionEndpoint(ConsulHttp http) : IConsulSession
{
    public async Task<string> CreateAsync(SessionDefinition session, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(session, ConsulJson.Default.SessionDefinition);
        return (await http.SendAsync(HttpMethod.Put, "session/create", "", body, cancellationToken)).Require().Json(ConsulJson.Default.SessionCreated).Id;
    }

    public async Task<bool> RenewAsync(string id, CancellationToken cancellationToken) =>
        (await http.SendAsync(HttpMethod.Put, "session/renew/" + ConsulKey.Escape(id), "", null, cancellationToken)).RequireOrNotFound() is not null;

    public async Task DestroyAsync(string id, CancellationToken cancellationToken) =>
        (await http.SendAsync(HttpMethod.Put, "session/destroy/" + ConsulKey.Escape(id), "", null, cancellationToken)).Require();

    public async Task<SessionInfo?> InfoAsync(string id, CancellationToken cancellationToken)
    {
        var reply = await http.SendAsync(HttpMethod.Get, "session/info/" + ConsulKey.Escape(id), "", null, cancellationToken);
        return reply.RequireOrNotFound()?.Json(ConsulJson.Default.ListSessionInfo).FirstOrDefault();
    }
}
