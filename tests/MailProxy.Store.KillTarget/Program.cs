using System.Globalization;
using System.Text;
using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.KillTarget;
using Microsoft.Extensions.Logging.Abstractions;

// Arguments: data folder, first number, count. Delivers that many numbered messages at once, changes other mailboxes meanwhile, and writes
// the number of each message whose delivery was acknowledged as a line. Somebody is going to kill it.
//
// Or "node", data folder, id, port: a store with its HTTP listener, for moves; ends when its standard input does.
if (args[0] == "node")
{
    await MoveNodeProgram.RunAsync(args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
    return;
}

string data = args[0];
int first = int.Parse(args[1], CultureInfo.InvariantCulture);
int count = int.Parse(args[2], CultureInfo.InvariantCulture);

await using FileStoreEngine engine = await FileStoreEngine.OpenAsync(
    new FileStoreOptions { Data = data }, new NoAnalyzer(), NullLogger.Instance, TimeProvider.System, CancellationToken.None);
await using Stream acknowledged = Console.OpenStandardOutput();
var gate = new Lock();
Tell("ready");

using var done = new CancellationTokenSource();
Task churning = Task.Run(() => ChurnAsync(done.Token));
await Task.WhenAll(Enumerable.Range(first, count).Select(number => Task.Run(() => DeliverAsync(number))));
await done.CancelAsync();
await churning;
Tell("done");

async Task DeliverAsync(int number)
{
    await using IMessageDraft draft = await engine.BeginMessageAsync(CancellationToken.None);
    await draft.WriteAsync(NumberedMessage.Content(number), CancellationToken.None);
    await draft.CompleteAsync(CancellationToken.None);
    await engine.DeliverAsync(draft, NumberedMessage.Recipients(number), NumberedMessage.Digest(number), CancellationToken.None);
    Tell(number.ToString(CultureInfo.InvariantCulture));
}

async Task ChurnAsync(CancellationToken stop)
{
    IUserMail mail = await engine.OpenUserAsync(NumberedMessage.Churner, CancellationToken.None);
    for (int i = 0; !stop.IsCancellationRequested; i++)
    {
        await mail.CreateAsync("passing", SpecialUse.None, CancellationToken.None);
        await using IMailbox inbox = (await mail.OpenAsync("INBOX", CancellationToken.None))!;
        uint uid;
        await using (IMessageDraft draft = await engine.BeginMessageAsync(CancellationToken.None))
        {
            await draft.WriteAsync(Encoding.ASCII.GetBytes($"round {i}"), CancellationToken.None);
            await draft.CompleteAsync(CancellationToken.None);
            uid = await inbox.AppendAsync(draft, MessageFlags.Seen, ["k"], DateTimeOffset.UnixEpoch, CancellationToken.None);
        }

        await inbox.CopyAsync([uid], "Archive", CancellationToken.None);
        await inbox.CopyAsync([uid], "passing", CancellationToken.None);
        await inbox.StoreFlagsAsync([uid], FlagChange.Add, MessageFlags.Deleted, [], null, CancellationToken.None);
        if (i % 2 == 0)
        {
            await inbox.ExpungeAsync([uid], CancellationToken.None);
        }
        else
        {
            await inbox.MoveAsync([uid], "Trash", CancellationToken.None);
        }

        await mail.DeleteAsync("passing", CancellationToken.None);
    }
}

void Tell(string line)
{
    // One write(2) per line: a pipe takes it whole or not at all.
    byte[] octets = Encoding.ASCII.GetBytes(line + "\n");
    lock (gate)
    {
        acknowledged.Write(octets);
        acknowledged.Flush();
    }
}
