namespace MailProxy.Routing.Consul.Client;

/// <summary>The part of Consul's HTTP API that we use, in Consul's own terms. Every method throws <see cref="ConsulException"/> when it gets no good answer.</summary>
public interface IConsulClient : IDisposable
{
    /// <summary>For logs and people, e.g. <c>http://127.0.0.1:8500</c>.</summary>
    string Address { get; }

    /// <summary><c>/v1/kv</c>.</summary>
    IConsulKv Kv { get; }

    /// <summary><c>/v1/health</c>.</summary>
    IConsulHealth Health { get; }

    /// <summary><c>/v1/agent</c>.</summary>
    IConsulAgent Agent { get; }

    /// <summary><c>/v1/session</c>.</summary>
    IConsulSession Session { get; }

    /// <summary><c>/v1/txn</c>.</summary>
    IConsulTxn Txn { get; }

    /// <summary><c>/v1/status</c>.</summary>
    IConsulStatus Status { get; }
}
