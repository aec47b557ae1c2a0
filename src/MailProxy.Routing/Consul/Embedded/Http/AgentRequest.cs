using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MailProxy.Routing.Consul.Embedded.State;
using Microsoft.AspNetCore.Http;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary>A request, read the way Consul reads it.</summary>
/// <param name="Context">Where it came from.</param>
/// <param name="Rest">The decoded path below the endpoint, e.g. a key.</param>
internal sealed record AgentRequest(HttpContext Context, string Rest)
{
    public string Method => Context.Request.Method;

    public bool IsGet => HttpMethods.IsGet(Method);

    public bool IsPut => HttpMethods.IsPut(Method);

    public CancellationToken Gone => Context.RequestAborted;

    public bool Has(string parameter) => Context.Request.Query.ContainsKey(parameter);

    public string? Text(string parameter) => Context.Request.Query.TryGetValue(parameter, out var values) ? values.ToString() : null;

    /// <summary>A number; false when it is there and is none.</summary>
    public bool TryNumber(string parameter, out ulong? number)
    {
        number = null;
        if (Text(parameter) is not { } text)
        {
            return true;
        }

        var valid = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = value;
        return valid;
    }

    /// <summary>The blocking parameters, or the error they deserve.</summary>
    public AgentReply? Blocking(out BlockingQuery query)
    {
        query = default;
        if (Has("stale") && Has("consistent"))
        {
            return AgentReply.Text(400, "Cannot specify ?stale with ?consistent, conflicting semantics.");
        }

        if (!TryNumber("index", out var index))
        {
            return AgentReply.Text(400, "Invalid index");
        }

        var wait = EmbeddedLimits.DefaultWait;
        if (Text("wait") is { Length: > 0 } text && !GoDuration.TryParse(text, out wait))
        {
            return AgentReply.Text(400, "Invalid wait time");
        }

        wait = wait > EmbeddedLimits.MaxWait ? EmbeddedLimits.MaxWait : wait;
        query = new BlockingQuery(index ?? 0, wait == TimeSpan.Zero ? EmbeddedLimits.DefaultWait : wait);
        return null;
    }

    /// <summary>The body; null when it is larger than the agent takes.</summary>
    public async Task<byte[]?> BodyAsync()
    {
        if (Context.Request.ContentLength > EmbeddedLimits.MaxBody)
        {
            return null;
        }

        using var collected = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await Context.Request.Body.ReadAsync(piece, Gone)) > 0)
        {
            if (collected.Length + read > EmbeddedLimits.MaxBody)
            {
                return null;
            }

            collected.Write(piece, 0, read);
        }

        return collected.ToArray();
    }

    /// <summary>The body as JSON, or the error it deserves. An empty body is an empty object.</summary>
    public async Task<(T? Value, AgentReply? Error)> JsonAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        if (await BodyAsync() is not { } body)
        {
            return (null, AgentReply.TooLarge(Context.Request.ContentLength ?? EmbeddedLimits.MaxBody + 1));
        }

        try
        {
            var value = JsonSerializer.Deserialize(body.Length == 0 ? "{}"u8 : body, type);
            return value is null ? (null, AgentReply.Text(400, "Request decode failed: null")) : (value, null);
        }
        catch (JsonException e)
        {
            return (null, AgentReply.Text(400, $"Request decode failed: {e.Message}"));
        }
    }
}
