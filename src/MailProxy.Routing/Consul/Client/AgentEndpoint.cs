using System.Text.Json;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary><c>/v1/agent</c>.</summary>
internal sealed class AgentEndpoint(ConsulHttp http) : IConsulAgent
{
    public async Task RegisterServiceAsync(ServiceDefinition service, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(service, ConsulJson.Default.ServiceDefinition);

        // Without this, checks of an earlier definition would stay and judge the service for ever.
        (await http.SendAsync(HttpMethod.Put, "agent/service/register", "replace-existing-checks=true", body, cancellationToken)).Require();
    }

    public async Task DeregisterServiceAsync(string serviceId, CancellationToken cancellationToken)
    {
        var reply = await http.SendAsync(HttpMethod.Put, "agent/service/deregister/" + ConsulKey.Escape(serviceId), "", null, cancellationToken);

        // 404 and "Unknown service" (1.10 says so with 500) both mean that it is gone, which is what was wanted.
        if (reply.IsSuccess || reply.Status == 404)
        {
            return;
        }

        var error = reply.Error();
        if (!error.Message.Contains("Unknown service", StringComparison.OrdinalIgnoreCase))
        {
            throw error;
        }
    }

    public async Task<AgentService?> ServiceAsync(string serviceId, CancellationToken cancellationToken)
    {
        var reply = await http.SendAsync(HttpMethod.Get, "agent/service/" + ConsulKey.Escape(serviceId), "", null, cancellationToken);
        return reply.RequireOrNotFound()?.Json(ConsulJson.Default.AgentService);
    }

    public async Task UpdateCheckAsync(string checkId, CheckUpdate update, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(update, ConsulJson.Default.CheckUpdate);
        (await http.SendAsync(HttpMethod.Put, "agent/check/update/" + ConsulKey.Escape(checkId), "", body, cancellationToken)).Require();
    }
}
