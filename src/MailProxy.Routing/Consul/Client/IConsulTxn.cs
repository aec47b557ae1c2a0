using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary>Transactions.</summary>
public interface IConsulTxn
{
    /// <summary>Operations in one transaction: 64 up to Consul 1.13 (128 after).</summary>
    const int MaxOperations = 64;

    /// <summary>Applies all or nothing; a conflict is an answer with <see cref="TxnAnswer.Errors"/>, not an exception.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxOperations"/> operations, or a key that cannot be used.</exception>
    Task<TxnAnswer> ApplyAsync(IReadOnlyList<TxnKvOperation> operations, CancellationToken cancellationToken);
}
