using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>IDLE (RFC 2177): every change of the mailbox is told at once, until the client says DONE.</summary>
internal static class IdleCommand
{
    // DONE; more is no IDLE any longer.
    private const int DoneLimit = 64;

    public static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.Arguments.IsEmpty)
        {
            return ImapReply.Bad("IDLE takes nothing.");
        }

        var changed = new ChangeSignal();
        if (session.Selected is { } selected)
        {
            selected.Mailbox.Changed += changed.Raise;
        }

        try
        {
            // Before the first wait: what changed since the last command is news too.
            session.Wire.Write("+ Idling.\r\n");
            await TellUntilInputAsync(session, changed);
        }
        finally
        {
            if (session.Selected is { } left)
            {
                left.Mailbox.Changed -= changed.Raise;
            }
        }

        var line = await session.Wire.ReadLineAsync(DoneLimit, session.Options.StallLimit);
        return line is not null && Encoding.Latin1.GetString(line).Equals("DONE", StringComparison.OrdinalIgnoreCase)
            ? ImapReply.Ok("IDLE completed.")
            : ImapReply.Bad("IDLE ends with DONE.");
    }

    private static async Task TellUntilInputAsync(ImapSession session, ChangeSignal changed)
    {
        // One read stays pending all the time; changes are written beside it.
        var input = session.Wire.WaitForInputAsync(session.Options.IdleLimit);
        while (!input.IsCompleted)
        {
            // Taken before the look at the mailbox: a change in between raises this one.
            var next = changed.Next();
            session.TellNews(mayExpunge: true);
            await session.Wire.FlushAsync();
            await Task.WhenAny(input, next);
        }

        await input;
    }

    /// <summary>A change that may come on any thread, and is waited for by one.</summary>
    private sealed class ChangeSignal
    {
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Raise() => Volatile.Read(ref _next).TrySetResult();

        public Task Next()
        {
            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _next, next);
            return next.Task;
        }
    }
}
