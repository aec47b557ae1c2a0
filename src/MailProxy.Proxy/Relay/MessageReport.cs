using System.Globalization;
using System.Text;
using MailProxy.Proxy.Sessions;
using Microsoft.Extensions.Logging;

namespace MailProxy.Proxy.Relay;

/// <summary>The log line of a message: who got it where, and what broke.</summary>
internal static class MessageReport
{
    public static void Write(
        ILogger logger, SessionContext session, string id, RelayTransaction transaction, List<RelayReply> replies, long size, RelayReply answer)
    {
        if (!logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        var text = new StringBuilder();
        for (var i = 0; i < replies.Count; i++)
        {
            var places = transaction.Recipients[i].Places;
            var stores = places is [var only] ? only.Target!.Name : string.Join('+', places.Select(place => place.Target!.Name).Distinct());
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}<{transaction.Recipients[i].Address}> {stores} {replies[i].Code}");
        }

        foreach (var target in transaction.Targets)
        {
            text.Append(target.Fault is null ? "" : $"; {target.Name}: {target.FaultDetail}");
        }

        SessionLog.Relayed(logger, session.Listener.Name, id, session.Id, transaction.Envelope.Sender, text.ToString(), size, $"{answer.Code} {answer.Text}");
    }
}
