namespace MailProxy.Routing.Consul;

/// <summary>Consul could not be asked, or said no. The message is one sentence for people; it holds no secret.</summary>
public sealed class ConsulException : Exception
{
    /// <summary>An answer that is an error.</summary>
    public ConsulException(ConsulFault fault, string message, int statusCode = 0, Exception? inner = null)
        : base(message, inner)
    {
        Fault = fault;
        StatusCode = statusCode;
    }

    /// <summary>What kind: whether to ask again.</summary>
    public ConsulFault Fault { get; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public int StatusCode { get; }
}
