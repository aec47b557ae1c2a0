using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary>Brings each request to its endpoint, and its answer onto the wire with Consul's headers.</summary>
internal sealed class AgentDispatcher(IReadOnlyList<IAgentEndpoint> endpoints, string datacenter, ILogger logger)
{
    public async Task ServeAsync(HttpContext context)
    {
        AgentReply reply;
        try
        {
            reply = await AnswerAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer.
            return;
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The embedded Consul agent could not answer {Method} {Path}", context.Request.Method, context.Request.Path.Value);
            reply = AgentReply.Failure(e.Message);
        }

        await SendAsync(context, reply);
    }

    private Task<AgentReply> AnswerAsync(HttpContext context)
    {
        // The raw target: Kestrel's own path has lost its dot segments and with them what the client asked for.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = Uri.UnescapeDataString(target.Split('?', 2)[0]);
        var clean = Clean(path);
        if (clean != path)
        {
            var query = target.Contains('?', StringComparison.Ordinal) ? target[target.IndexOf('?', StringComparison.Ordinal)..] : "";
            return Task.FromResult(AgentReply.Redirect(string.Join('/', clean.Split('/').Select(Uri.EscapeDataString)) + query));
        }

        if (endpoints.FirstOrDefault(e => path.StartsWith(e.Path, StringComparison.Ordinal)) is not { } endpoint)
        {
            return Task.FromResult(AgentReply.Text(404, "404 page not found"));
        }

        var request = new AgentRequest(context, path[endpoint.Path.Length..]);
        return request.Text("dc") is { Length: > 0 } dc && dc != datacenter
            ? Task.FromResult(AgentReply.Failure("No path to datacenter"))
            : endpoint.AnswerAsync(request);
    }

    // What Go's ServeMux does to a decoded path before it looks for a handler: empty and dot segments go, a slash at the end stays.
    private static string Clean(string path)
    {
        var kept = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                kept.Add(segment);
            }
        }

        var clean = "/" + string.Join('/', kept);
        return path.EndsWith('/') && clean.Length > 1 ? clean + "/" : clean;
    }

    private static async Task SendAsync(HttpContext context, AgentReply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        response.ContentLength = reply.Body.Length;
        if (reply.Location is { } location)
        {
            response.Headers.Location = location;
        }

        if (reply.Index is { } index)
        {
            response.Headers["X-Consul-Index"] = index.ToString(CultureInfo.InvariantCulture);
            response.Headers["X-Consul-KnownLeader"] = "true";
            response.Headers["X-Consul-LastContact"] = "0";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(reply.Body, context.RequestAborted);
        }
    }
}
