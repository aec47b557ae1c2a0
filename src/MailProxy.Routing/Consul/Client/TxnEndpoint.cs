using System.Text.Json;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary><c>/v1/txn</c>.</summary>
internal sealed class TxnEndpoint(ConsulHttp http) : IConsulTxn
{
    private const int Conflict = 409;

    public async Task<TxnAnswer> ApplyAsync(IReadOnlyList<TxnKvOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count > IConsulTxn.MaxOperations)
        {
            throw new ArgumentException($"{operations.Count} operations in one transaction; {IConsulTxn.MaxOperations} are possible", nameof(operations));
        }

        foreach (var operation in operations)
        {
            // In a body such a key would be taken, and could then never be read back by its URL.
            if (ConsulKey.Problem(operation.Key) is { } problem)
            {
                throw new ArgumentException(problem, nameof(operations));
            }
        }

        List<TxnOperation> list = [.. operations.Select(o => new TxnOperation(o))];
        var body = JsonSerializer.SerializeToUtf8Bytes(list, ConsulJson.Default.ListTxnOperation);
        var reply = await http.SendAsync(HttpMethod.Put, "txn", "", body, cancellationToken);
        return (reply.Status == Conflict ? reply : reply.Require()).Json(ConsulJson.Default.TxnAnswer);
    }
}
