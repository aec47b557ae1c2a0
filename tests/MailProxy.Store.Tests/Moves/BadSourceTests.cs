using System.Net;
using System.Text;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>What arrives is believed only when its digest is right; what is broken once is fetched again.</summary>
public sealed class BadSourceTests : TwoStores
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        for (var number = 0; number < 5; number++)
        {
            await Source.Store.DeliverAsync($"message {number}", Alice);
        }
    }

    [Theory]
    [InlineData("message X")]
    [InlineData("message")]
    [InlineData("message 3 and more")]
    public async Task A_message_that_arrives_broken_once_is_fetched_again(string broken)
    {
        var spoiler = await SpoilAsync("/1/3", broken, times: 1);
        var progress = await Target.PullWellAsync(Alice, "m-1", Source);
        Assert.Equal((5L, 2), (progress.Messages, spoiler.Asked));
    }

    [Theory]
    [InlineData("message X")]
    [InlineData("message")]
    [InlineData("message 3 and more")]
    public async Task A_message_that_stays_broken_fails_the_pull_and_what_is_right_stays(string broken)
    {
        var spoiler = await SpoilAsync("/1/3", broken, times: int.MaxValue);
        var progress = await Target.PullAsync(Alice, "m-1", Source);
        Assert.Equal((PullPhase.Failed, 2), (progress.Phase, spoiler.Asked));
        Assert.NotEmpty(progress.Error!);
        Assert.Empty(Target.Store.DraftFiles());
        spoiler.Times = 0;
        Assert.Equal(PullPhase.Done, (await Target.PullAsync(Alice, "m-1", Source)).Phase);
    }

    [Fact]
    public async Task What_has_arrived_before_a_failure_is_not_fetched_again()
    {
        for (var number = 5; number < 600; number++)
        {
            await Source.Store.DeliverAsync($"message {number}", Alice);
        }

        await SpoilAsync("/1/550", "broken", times: 2);
        var first = await Target.PullAsync(Alice, "m-1", Source);
        Assert.Equal(PullPhase.Failed, first.Phase);
        await Target.RestartAsync();
        var second = await Target.PullWellAsync(Alice, "m-1", Source);
        Assert.Equal(600 - 512, second.Messages); // two whole pages were durable
    }

    [Fact]
    public async Task A_file_that_changed_on_the_sources_disk_is_not_copied()
    {
        // The first pull makes the digests; then a disk loses a bit.
        await Target.PullWellAsync(Alice, "m-1", Source);
        await Target.Client.DropStagedAsync(Alice, "m-1", Stop);
        await File.WriteAllTextAsync(Source.Store.MessageFiles().Order(StringComparer.Ordinal).First(), "message !", Stop);
        var progress = await Target.PullAsync(Alice, "m-1", Source);
        Assert.Equal(PullPhase.Failed, progress.Phase);
        Assert.Contains("another content than the source's digest says", progress.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"user":"a","store":"s","hold":null,"lastUidValidity":1,"names":[{"name":"a//b","specialUse":0,"mailbox":1,"uidValidity":1,"uidNext":1,"highestModSeq":1}],"subscriptions":[]}""", "cannot be one here")]
    [InlineData("""{"user":"a","store":"s","hold":null,"lastUidValidity":1,"names":[{"name":"a","specialUse":0,"mailbox":1,"uidValidity":1,"uidNext":0,"highestModSeq":1}],"subscriptions":[]}""", "makes no sense")]
    [InlineData("""{"user":"a","store":"s","hold":null,"lastUidValidity":1,"names":[{"name":"a","specialUse":99,"mailbox":1,"uidValidity":1,"uidNext":1,"highestModSeq":1}],"subscriptions":[]}""", "makes no sense")]
    [InlineData("not JSON", "did not answer as it should")]
    public async Task Nonsense_ends_the_pull(string head, string expected)
    {
        await SpoilAsync("/export", head, int.MaxValue);
        var progress = await Target.PullAsync(Alice, "m-1", Source);
        Assert.Equal(PullPhase.Failed, progress.Phase);
        Assert.Contains(expected, progress.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_away_fails_the_pull_with_its_address()
    {
        await Target.Client.PullAsync(Alice, new PullRequest("m-1", "http://127.0.0.1:9/"), Stop);
        var progress = await Target.PulledAsync(Alice, "m-1");
        Assert.Equal(PullPhase.Failed, progress.Phase);
        Assert.Contains("127.0.0.1:9", progress.Error, StringComparison.Ordinal);
    }

    private async Task<SpoilState> SpoilAsync(string path, string answer, int times)
    {
        // Pulls make a client each: what one has used up the next must not get again.
        var state = new SpoilState(times);
        Target.Wrap = handler => new Spoiler(handler, path, answer, state);
        await Target.RestartAsync();
        return state;
    }

    /// <summary>How often an answer was asked for and is to be replaced.</summary>
    private sealed class SpoilState(int times)
    {
        public int Times { get; set; } = times;

        public int Asked { get; set; }
    }

    /// <summary>Replaces the answer to one path.</summary>
    private sealed class Spoiler(HttpMessageHandler inner, string path, string answer, SpoilState state) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith(path, StringComparison.Ordinal))
            {
                return await base.SendAsync(request, cancellationToken);
            }

            state.Asked++;
            return state.Times-- > 0
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.Latin1, "application/json") }
                : await base.SendAsync(request, cancellationToken);
        }
    }
}
