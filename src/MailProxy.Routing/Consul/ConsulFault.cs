namespace MailProxy.Routing.Consul;

/// <summary>Kinds of failure, by what the caller can do.</summary>
public enum ConsulFault
{
    /// <summary>No connection, or it broke: ask again. A write may have been applied.</summary>
    Unreachable,

    /// <summary>No answer in time: ask again. A write may have been applied.</summary>
    Timeout,

    /// <summary>No leader, lost quorum, too many requests: ask again. A write that ended so may have been applied.</summary>
    Temporary,

    /// <summary>The ACL forbids it: only an operator can help.</summary>
    Denied,

    /// <summary>The request is wrong: asking again gives the same.</summary>
    Permanent,
}
