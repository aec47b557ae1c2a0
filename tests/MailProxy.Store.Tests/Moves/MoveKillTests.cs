using System.Text;
using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.KillTarget;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using MailProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>kill -9 of source and target at any moment of a move, by a driver that goes on from what it finds.</summary>
public sealed class MoveKillTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Messages = 400;
    private const int MostKills = 12;
    private static readonly FenceTarget ToTarget = new("store-2", "store-2.test", 143, 110, 24);

    private readonly NodeProcess _source = new("store-1");
    private readonly NodeProcess _target = new("store-2");

    public async ValueTask InitializeAsync()
    {
        await using (var engine = await OpenAsync(_source.Data))
        {
            for (var number = 0; number < Messages; number++)
            {
                await using var draft = await engine.BeginMessageAsync(Stop);
                await draft.WriteAsync(Content(number), Stop);
                await draft.CompleteAsync(Stop);
                await engine.DeliverAsync(draft, [Alice], Stop);
            }
        }

        await _source.StartAsync();
        await _target.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _source.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_move_survives_every_kill_and_two_stores_never_serve(int seed)
    {
        var random = new Random(seed);
        var kills = 0;
        var done = false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var killing = Task.Run(async () =>
        {
            while (kills < MostKills && !Volatile.Read(ref done))
            {
                await Beat.WaitAsync(random.Next(1, 150), stop.Token);
                var victim = random.Next(2) == 0 ? _source : _target;
                await victim.KillAsync();
                kills++;
                await victim.StartAsync();
            }
        });

        while (!done)
        {
            try
            {
                await StepsAsync();
                Volatile.Write(ref done, true);
            }
            catch (StoreMoveException exception)
            {
                // The command is run again, and goes on from what it finds.
                output.WriteLine(exception.Message);
                await Beat.WaitAsync(20, Stop);
            }
        }

        await killing;
        output.WriteLine($"{kills} kills");
        Assert.InRange(kills, 1, MostKills);
        await _target.Client.ActivateAsync(Alice, new ActivateRequest("m-1", (await _source.Client.GetAsync(Alice, Stop)).Hold!), Stop);
        await _source.KillAsync();
        await _target.KillAsync();
        await CheckAsync();
    }

    private static Task<FileStoreEngine> OpenAsync(string data) =>
        FileStoreEngine.OpenAsync(new FileStoreOptions { Data = data }, new NoAnalyzer(), NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    private static byte[] Content(int number) => Encoding.ASCII.GetBytes(new string((char)('a' + (number % 26)), (number * 37) + 1));

    // The whole command: asks what is, and does what is missing.
    private async Task StepsAsync()
    {
        var source = await _source.Client.GetAsync(Alice, Stop);
        var target = await _target.Client.GetAsync(Alice, Stop);
        Assert.False(source.Serving != UserServing.Fenced && target.ActivatedMove == "m-1", "two stores would serve");
        if (target.ActivatedMove == "m-1")
        {
            return;
        }

        if (source.Serving != UserServing.Fenced)
        {
            await PullAsync(null);
            var hold = (await _source.Client.HoldAsync(Alice, new HoldRequest("m-1", 60), Stop)).Hold!;
            await PullAsync(hold);
            source = await _source.Client.FenceAsync(Alice, new FenceRequest("m-1", hold, ToTarget), Stop);
        }

        if (target.Staged?.Hold != source.Hold)
        {
            await PullAsync(source.Hold);
        }

        await _target.Client.ActivateAsync(Alice, new ActivateRequest("m-1", source.Hold!), Stop);
    }

    private async Task PullAsync(string? hold)
    {
        await _target.Client.PullAsync(Alice, new PullRequest("m-1", _source.Address), Stop);
        PullProgress progress;
        do
        {
            progress = await _target.Client.GetPullAsync(Alice, "m-1", 30, Stop);
        }
        while (progress.Phase == PullPhase.Running);
        if (progress.Phase != PullPhase.Done || (hold is not null && progress.Hold != hold))
        {
            throw new StoreMoveException($"pull: {progress.Phase} {progress.Hold} {progress.Error}");
        }
    }

    private async Task CheckAsync()
    {
        await using (var engine = await OpenAsync(_target.Data))
        {
            var mail = await engine.OpenUserAsync(Alice, Stop);
            await using var inbox = (await mail.OpenAsync("INBOX", Stop))!;
            Assert.Equal(Messages, inbox.Snapshot.Messages.Length);
            for (var number = 0; number < Messages; number++)
            {
                Assert.Equal(Encoding.ASCII.GetString(Content(number)), await ContentAsync(inbox, (uint)number + 1));
            }

            // Nothing is left of what was under way when it was killed.
            await engine.DrainGarbageAsync();
            Assert.Equal(Messages, Directory.GetFiles(Path.Combine(_target.Data, "messages"), "*", SearchOption.AllDirectories).Length);
        }

        await using var source = await OpenAsync(_source.Data);
        var fault = await Assert.ThrowsAsync<StoreFaultException>(async () => await source.OpenUserAsync(Alice, Stop));
        Assert.Equal(StoreFaultKind.UserMoved, fault.Kind);
    }
}
