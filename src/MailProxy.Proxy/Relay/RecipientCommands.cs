using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Submission;

namespace MailProxy.Proxy.Relay;

/// <summary>RFC 2920: recipients that came together are asked for together; each has its reply, in order.</summary>
/// <param name="client">Whose lines they are.</param>
/// <param name="parser">Reads them.</param>
/// <param name="rules">What a submitter may; null: nobody has logged in.</param>
internal sealed class RecipientCommands(RelayClient client, EnvelopeParser parser, SubmissionRules? rules)
{
    // Recipients that are asked for at once; what is read at once holds about as many.
    private const int MaxGroup = 100;

    /// <summary>Adds a recipient, and those whose commands were received with it.</summary>
    /// <returns>The replies, in order.</returns>
    public async ValueTask<IReadOnlyList<RelayReply>> AddAsync(RelayTransaction transaction, RecipientCommand first, MilterChain? milters)
    {
        if (rules is not null || milters is not null)
        {
            return [await JudgedAsync(transaction, first, milters)];
        }

        List<RecipientCommand> group = [first];
        while (group.Count < MaxGroup && TryRead(out var next))
        {
            group.Add(next);
        }

        return await transaction.AddAsync(group);
    }

    // Where others have a say, each recipient depends on what was said of the one before: they are asked for one by one.
    private async ValueTask<RelayReply> JudgedAsync(RelayTransaction transaction, RecipientCommand recipient, MilterChain? milters)
    {
        var reply = (rules is null ? null : await rules.JudgeRecipientAsync(transaction.Recipients.Count)) ?? (await transaction.AddAsync([recipient]))[0];
        if (reply.IsPositive && milters is not null && await milters.RecipientAsync(recipient.Address) is { } refused)
        {
            transaction.Recipients.RemoveAt(transaction.Recipients.Count - 1);
            return refused;
        }

        return reply;
    }

    // Only one that is right: what else comes is served in its turn.
    private bool TryRead([NotNullWhen(true)] out RecipientCommand? recipient)
    {
        recipient = null;
        if (client.PeekAhead() is { } line && SmtpCommand.TryParse(new ReadOnlySequence<byte>(line), out var command) == ReadStatus.Done && command.Verb == "RCPT")
        {
            recipient = parser.ParseRecipient(command.Argument).Recipient;
        }

        if (recipient is null)
        {
            return false;
        }

        client.TakeAhead();
        return true;
    }
}
