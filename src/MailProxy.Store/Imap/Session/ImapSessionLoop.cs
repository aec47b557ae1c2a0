using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Serving;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Imap.Session;

/// <summary>Reads commands one by one, runs each by the table and sends its verdict. Knows no verb.</summary>
internal sealed class ImapSessionLoop(ImapSession session, ILogger logger, TimeProvider time)
{
    // What may follow a literal that was skipped: the end of the line.
    private const int RestLimit = 8_192;

    private readonly long _begin = time.GetTimestamp();
    private int _junk;

    /// <summary>From greeting to goodbye. Throws what a connection throws when the client is gone.</summary>
    public async Task RunAsync()
    {
        var wire = session.Wire;
        await wire.WriteAndFlushAsync($"* OK [CAPABILITY {session.Capabilities}] {session.Options.HostName} ready.\r\n");
        while (!session.IsEnding)
        {
            var input = await wire.ReadCommandAsync(ReadLimit());
            session.Tag = input.Tag;
            session.Literal = input.Literal;
            switch (input.Kind)
            {
                case ImapInputKind.Closed:
                    return;
                case ImapInputKind.TooLong:
                    await wire.WriteAndFlushAsync("* BYE [TOOBIG] The command is too long.\r\n");
                    return;
                case ImapInputKind.Refused:
                    await AnswerAsync(ImapReply.Bad("[TOOBIG] The literal is too long."), mayExpunge: true);
                    break;
                case ImapInputKind.Malformed:
                    await AnswerAsync(ImapReply.Bad("Syntax error."), mayExpunge: true);
                    break;
                default:
                    await ServeAsync(input.Command!);
                    break;
            }
        }
    }

    // Before login the whole time counts, not the silence: a client that only says NOOP is none.
    private TimeSpan ReadLimit()
    {
        if (session.Mail is not null)
        {
            return session.Options.IdleLimit;
        }

        var left = session.Options.BeforeLoginLimit - time.GetElapsedTime(_begin);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async ValueTask ServeAsync(ImapCommand command)
    {
        var verb = ImapVerbs.Find(command.Verb);
        var reply = verb is null ? ImapReply.Bad("Unknown command.")
            : !verb.When.HasFlag(session.State) ? ImapReply.Bad($"Not in this state: {StateText()}.")
            : await RunAsync(verb, command);
        if (session.Literal is { } unread && !session.IsEnding)
        {
            await SkipAsync(unread);
        }

        await AnswerAsync(reply, verb is not { KeepsNumbers: true });
    }

    private string StateText() => session.State switch
    {
        ImapStates.NotAuthenticated => "log in first",
        ImapStates.Authenticated => "no mailbox is selected",
        _ => "logged in already",
    };

    private async ValueTask<ImapReply> RunAsync(ImapVerb verb, ImapCommand command)
    {
        try
        {
            return await verb.Run(session, command);
        }
        catch (StoreFaultException fault) when (!session.Wire.IsMidLiteral)
        {
            return Explain(verb, fault);
        }
        catch (Exception exception) when (!session.Wire.IsMidLiteral && exception is not OperationCanceledException)
        {
            logger.LogError(exception, "IMAP {Verb} of {User} failed", verb.Name, session.Mail?.User ?? "");
            return ImapReply.No("[SERVERBUG] Internal error; nothing was lost.");
        }
    }

    private ImapReply Explain(ImapVerb verb, StoreFaultException fault)
    {
        switch (fault.Kind)
        {
            case StoreFaultKind.Limit:
                return ImapReply.No($"[LIMIT] {fault.Message}");
            case StoreFaultKind.UserHeld:
                return ImapReply.No("[UNAVAILABLE] Your mail is being moved; try again in a moment.");
            case StoreFaultKind.UserMoved:
                return ImapReply.No(fault.Referral is { ImapPort: { } port } to
                    ? $"{Referrals.Imap(fault.User, to.Host, port)} Your mail is on another server."
                    : "[UNAVAILABLE] Your mail is on another server; try again later.");
            case StoreFaultKind.MailboxGone:
                return ImapReply.No("[NONEXISTENT] The mailbox was deleted.");
            default:
                logger.LogWarning(fault, "IMAP {Verb} of {User}: the store failed", verb.Name, session.Mail?.User ?? "");
                return ImapReply.No(fault.Kind == StoreFaultKind.DiskFull ? "[UNAVAILABLE] The disk is full." : "[UNAVAILABLE] The store failed; try again later.");
        }
    }

    // A message that no command took: a client that waits for "+" will not send it, others are already sending.
    private async ValueTask SkipAsync(PendingLiteral literal)
    {
        session.Literal = null;
        if (literal.IsSynchronizing)
        {
            return;
        }

        if (literal.Size > session.Options.MessageLimit || session.Mail is null)
        {
            await session.Wire.WriteAndFlushAsync("* BYE [TOOBIG] The message is too long.\r\n");
            session.IsEnding = true;
            return;
        }

        await session.Wire.ReadLiteralAsync(literal, static (_, _) => ValueTask.CompletedTask);
        await session.Wire.ReadLineAsync(RestLimit, session.Options.StallLimit);
    }

    private async ValueTask AnswerAsync(ImapReply reply, bool mayExpunge)
    {
        _junk = session.Mail is null || reply.Status == "BAD" ? _junk + 1 : 0;
        if (reply.Status.Length > 0)
        {
            session.TellNews(mayExpunge);
            session.Wire.Write($"{session.Tag} {reply.Status} {reply.Text}\r\n");
        }

        if (_junk > session.Options.JunkCommands)
        {
            session.Wire.Write("* BYE Too many errors.\r\n");
            session.IsEnding = true;
        }

        await session.Wire.FlushAsync();
    }
}
