using System.Text;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Http.Health;

/// <summary>Says one line and closes; it reads nothing, because HAProxy sends nothing (unless <c>agent-send</c>, which needs no answer of its own).</summary>
internal sealed class AgentCheckHandler(Func<AgentReport> report) : ConnectionHandler
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(report().Line + "\n"), connection.ConnectionClosed);
        await connection.Transport.Output.CompleteAsync();
    }
}
