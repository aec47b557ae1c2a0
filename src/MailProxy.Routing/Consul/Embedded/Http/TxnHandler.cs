using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/txn</c>: KV operations, all or nothing.</summary>
internal sealed class TxnHandler(AgentState state, TimeProvider time) : IAgentEndpoint
{
    private const int Conflict = 409;

    public string Path => "/v1/txn";

    public async Task<AgentReply> AnswerAsync(AgentRequest request)
    {
        if (!request.IsPut)
        {
            return AgentReply.MethodNotAllowed(request.Method);
        }

        var (operations, error) = await request.JsonAsync(ConsulJson.Default.ListTxnOperation);
        if (operations is null)
        {
            return error!;
        }

        if (operations.Count > EmbeddedLimits.MaxTxnOperations)
        {
            return AgentReply.Text(413, $"Transaction contains too many operations ({operations.Count} > {EmbeddedLimits.MaxTxnOperations})");
        }

        if (operations.Any(o => o?.Kv is null || o.Kv.Key.Length == 0))
        {
            return AgentReply.Text(400, "the embedded agent takes KV operations with a key only");
        }

        if (operations.FirstOrDefault(o => o.Kv!.Value?.Length > EmbeddedLimits.MaxBody) is not null)
        {
            return AgentReply.TooLarge(EmbeddedLimits.MaxBody + 1);
        }

        var answer = state.Change(s => Apply(s, [.. operations.Select(o => o.Kv!)], time.GetUtcNow()));
        await state.PersistAsync(request.Gone);
        return AgentReply.Json(answer, ConsulJson.Default.TxnAnswer, null, answer.Errors is null ? 200 : Conflict);
    }

    private static (ClusterState Next, TxnAnswer Answer) Apply(ClusterState before, IReadOnlyList<TxnKvOperation> operations, DateTimeOffset now)
    {
        var next = before;
        var results = new List<TxnResult>();
        var errors = new List<TxnError>();
        for (var i = 0; i < operations.Count; i++)
        {
            var outcome = TxnStep.Apply(next, operations[i], now);
            next = outcome.Next;
            results.AddRange(outcome.Entries.Select(e => new TxnResult(e)));
            if (outcome.Problem is { } what)
            {
                errors.Add(new TxnError(i, what));
            }
        }

        return errors.Count == 0 ? (next, new TxnAnswer { Results = results }) : (before, new TxnAnswer { Errors = errors });
    }
}
