using System.Buffers;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Wire;
using Xunit;

namespace MailProxy.Proxy.Tests.Wire;

public sealed class ReplyMemoTests
{
    private const string Hello = "250-store.example.org\r\n250-PIPELINING\r\n250 XCLIENT ADDR PORT\r\n";

    private int _parsed;

    [Fact]
    public void What_was_said_twice_is_known_the_third_time()
    {
        var memo = Memo();
        Assert.NotSame(Read(memo, Hello), Read(memo, Hello));
        Assert.Equal(2, _parsed);
        var known = Read(memo, Hello);
        Assert.Same(known, Read(memo, Hello));
        Assert.Equal(2, _parsed);
        Assert.Equal(["ADDR", "PORT"], known!.Extensions.Parameters("xclient")!);
    }

    [Theory]
    [InlineData("250-store.example.org\r\n250 PIPELINING\r\n")]
    [InlineData("250-store.example.org\r\n250-PIPELINING\r\n250 XCLIENT ADDR\r\n")]
    [InlineData("250 store.example.org\r\n")]
    [InlineData("421 4.3.2 Not now\r\n")]
    public void What_only_begins_like_it_is_read_anew(string other)
    {
        var memo = Learnt();
        var reply = Read(memo, other)!.Reply;
        Assert.Equal(other.Split("\r\n").Length - 1, reply.Lines.Count);
        Assert.Equal(other[..3], $"{reply.Code}");
    }

    [Fact]
    public void However_the_octets_arrive_the_same_is_read_and_what_follows_is_left()
    {
        var memo = Learnt();
        var octets = Encoding.ASCII.GetBytes(Hello + "354 go\r\n");
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var buffer = Cut(octets, cut);
            Assert.Equal(ReadStatus.Done, memo.Parser(buffer, out var value, out var end));
            Assert.Equal(["store.example.org", "PIPELINING", "XCLIENT ADDR PORT"], value!.Reply.Lines);
            Assert.Equal("354 go\r\n", Encoding.ASCII.GetString(buffer.Slice(end)));
        }

        for (var length = 0; length < Hello.Length; length++)
        {
            Assert.Equal(ReadStatus.NeedMore, memo.Parser(new ReadOnlySequence<byte>(octets, 0, length), out var value, out _));
            Assert.Null(value);
        }
    }

    [Fact]
    public void What_is_wrong_or_endless_stays_so()
    {
        var memo = Learnt();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ReadStatus.Malformed, memo.Parser(new(Encoding.ASCII.GetBytes("250-a\r\n251 b\r\n")), out var value, out _));
            Assert.Null(value);
            Assert.Equal(ReadStatus.TooLong, memo.Parser(new(Encoding.ASCII.GetBytes(new string('2', 20_000))), out _, out _));
        }
    }

    [Fact]
    public void Long_replies_are_not_kept()
    {
        var memo = Memo();
        var reply = $"250-{new string('x', 3_000)}\r\n250 y\r\n";
        for (var i = 1; i <= 4; i++)
        {
            Read(memo, reply);
            Assert.Equal(i, _parsed);
        }
    }

    [Fact]
    public async Task Threads_that_read_different_replies_at_once_read_their_own()
    {
        var memo = Memo();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(
            () =>
            {
                for (var i = 0; i < 20_000; i++)
                {
                    var name = $"host{(i % 100) + thread}";
                    Assert.Equal(name, Read(memo, $"220 {name}\r\n")!.Reply.Lines[0]);
                }
            },
            TestContext.Current.CancellationToken)));
    }

    private static SmtpStoreReply? Read(ReplyMemo<SmtpStoreReply> memo, string text)
    {
        Assert.Equal(ReadStatus.Done, memo.Parser(new(Encoding.ASCII.GetBytes(text)), out var value, out _));
        return value;
    }

    private static ReadOnlySequence<byte> Cut(byte[] octets, int at)
    {
        var first = new Piece(octets.AsMemory(0, at), null);
        var last = new Piece(octets.AsMemory(at), first);
        return new(first, 0, last, octets.Length - at);
    }

    private ReplyMemo<SmtpStoreReply> Memo() => new(
        (in ReadOnlySequence<byte> buffer, out SmtpStoreReply? value, out SequencePosition end) =>
        {
            Interlocked.Increment(ref _parsed);
            return SmtpStoreReply.TryRead(buffer, out value, out end);
        });

    private ReplyMemo<SmtpStoreReply> Learnt()
    {
        var memo = Memo();
        Read(memo, Hello);
        Read(memo, Hello);
        return memo;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
