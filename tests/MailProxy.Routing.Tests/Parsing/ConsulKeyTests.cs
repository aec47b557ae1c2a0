using CsCheck;
using MailProxy.Routing.Consul;
using Xunit;

namespace MailProxy.Routing.Tests.Parsing;

public sealed class ConsulKeyTests
{
    [Theory]
    [InlineData("mailproxy/users/bob@example.org", "mailproxy/users/bob%40example.org")]
    [InlineData("p/a b?c#d&e", "p/a%20b%3Fc%23d%26e")]
    [InlineData("p/50%25", "p/50%2525")]
    [InlineData("p/%2e%2e/x", "p/%252e%252e/x")]
    [InlineData("p/ü", "p/%C3%BC")]
    [InlineData("p/..a/...", "p/..a/...")]
    [InlineData("p/", "p/")]
    public void Each_segment_is_escaped_and_slashes_stay(string key, string escaped) => Assert.Equal(escaped, ConsulKey.Escape(key));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/p")]
    [InlineData("p//q")]
    [InlineData("p//")]
    [InlineData("p/./q")]
    [InlineData("p/../q")]
    [InlineData("..")]
    [InlineData("p/..")]
    [InlineData("p/a\r\nb")]
    [InlineData("p/a\0")]
    public void Keys_that_would_become_other_keys_are_refused(string key) => Assert.Throws<ArgumentException>(() => ConsulKey.Escape(key));

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_a_whole_one_is_not()
    {
        Assert.NotNull(ConsulKey.Problem("p/\ud83d"));
        Assert.NotNull(ConsulKey.Problem("p/\udc8c\ud83d"));
        Assert.Equal("p/%F0%9F%92%8C", ConsulKey.Escape("p/\ud83d\udc8c"));
    }

    [Fact]
    public void Whatever_key_is_not_refused_arrives_as_itself()
    {
        var characters = Gen.OneOf(Gen.Const('/'), Gen.Const('.'), Gen.Const('%'), Gen.Const('2'), Gen.Const('e'), Gen.Const('\\'), Gen.Const('?'), Gen.Char);
        Gen.String[characters, 0, 20].Sample(
            key =>
            {
                if (ConsulKey.Problem(key) is not null)
                {
                    return true;
                }

                // As HttpClient sends it: Uri removes dot segments, decodes and encodes as it sees fit.
                var sent = new Uri(new Uri("http://consul:8500/"), "/v1/kv/" + ConsulKey.Escape(key));
                return sent.Query.Length == 0 && sent.Fragment.Length == 0 && Uri.UnescapeDataString(sent.AbsolutePath) == "/v1/kv/" + key;
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData(1023, true)]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void Keys_are_bounded(int length, bool valid) => Assert.Equal(valid, ConsulKey.Problem(new string('k', length)) is null);

    [Theory]
    [InlineData("15s", 15_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("250ms", 250)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("0", 0)]
    public void Durations_as_go_writes_them(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("15")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1x")]
    [InlineData("1s!")]
    [InlineData("1..5s")]
    [InlineData("99999999999999999999h")]
    public void What_is_no_duration(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData(1500, "1500ms")]
    [InlineData(15_000, "15s")]
    public void Durations_are_written_so_that_they_can_be_read(int milliseconds, string text)
    {
        Assert.Equal(text, GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.True(GoDuration.TryParse(text, out var value) && value == TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData(500, "rpc error making call: invalid session \"x\"", ConsulFault.Permanent)]
    [InlineData(500, "Invalid Session TTL '5', must be between [10s=24h0m0s]", ConsulFault.Permanent)]
    [InlineData(500, "Failed to create filter: bad", ConsulFault.Permanent)]
    [InlineData(500, "No cluster leader", ConsulFault.Temporary)]
    [InlineData(500, "rpc error making call: EOF", ConsulFault.Temporary)]
    [InlineData(500, "", ConsulFault.Temporary)]
    [InlineData(503, "", ConsulFault.Temporary)]
    [InlineData(429, "", ConsulFault.Temporary)]
    [InlineData(403, "Permission denied", ConsulFault.Denied)]
    [InlineData(400, "Invalid index", ConsulFault.Permanent)]
    [InlineData(413, "too large", ConsulFault.Permanent)]
    public void Permanent_errors_are_told_by_their_text(int status, string text, ConsulFault fault) => Assert.Equal(fault, ConsulFaults.Classify(status, text));
}
