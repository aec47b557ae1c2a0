using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MailProxy.Routing.Consul.Client;

/// <summary>A whole HTTP answer and what its headers say.</summary>
internal sealed record ConsulReply(string What, int Status, byte[] Body, ulong Index, bool KnownLeader)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>This, if it is a success.</summary>
    public ConsulReply Require() => IsSuccess ? this : throw Error();

    /// <summary>This, if it is a success; null for 404.</summary>
    public ConsulReply? RequireOrNotFound() => Status == 404 ? null : Require();

    public T Json<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new ConsulException(ConsulFault.Temporary, $"{What}: the answer is not the JSON that Consul sends ({e.Message})", Status, e);
        }
    }

    /// <summary>The literal <c>true</c> or <c>false</c> of a conditional write.</summary>
    public bool Truth() => Require().Text().Trim() switch
    {
        "true" => true,
        "false" => false,
        _ => throw new ConsulException(ConsulFault.Temporary, $"{What}: neither true nor false was answered", Status),
    };

    public ConsulException Error()
    {
        // Control characters of a foreign text have no business in our logs.
        var text = PrintableText.Of(Text()).Trim();
        if (Status is >= 300 and < 400)
        {
            return new ConsulException(ConsulFault.Permanent, $"{What}: Consul answered {Status} for another key or address; nothing was followed", Status);
        }

        var message = text.Length == 0 ? $"{What}: status {Status}" : $"{What}: {text} (status {Status})";
        return new ConsulException(ConsulFaults.Classify(Status, text), message, Status);
    }

    private string Text() => Encoding.UTF8.GetString(Body);
}
