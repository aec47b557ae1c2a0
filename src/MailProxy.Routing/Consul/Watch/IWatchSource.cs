using MailProxy.Routing.Consul.Client;

namespace MailProxy.Routing.Consul.Watch;

/// <summary>What a watch reads, and who takes it.</summary>
internal interface IWatchSource<T>
{
    /// <summary>Name for logs and readiness, e.g. <c>pins</c>.</summary>
    string Name { get; }

    /// <summary>Reads once; throws ConsulException.</summary>
    Task<ConsulAnswer<T>> ReadAsync(ConsulQuery query, CancellationToken cancellationToken);

    /// <summary>Takes an answer. May be called with one that says nothing new.</summary>
    ValueTask<WatchVerdict> TakeAsync(ConsulAnswer<T> answer, CancellationToken cancellationToken);
}
