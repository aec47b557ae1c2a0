using System.Globalization;
using System.Text;

namespace MailProxy.Testing.Fuzzing;

/// <summary>
/// Shows a parser mutations of real input and has each result compared with an oracle that was written another way. Inputs whose outcome was not seen
/// before are kept and mutated further. The same numbers come up in every run; <c>MAILPROXY_FUZZ_SEED</c> and <c>MAILPROXY_FUZZ_ROUNDS</c> look elsewhere, and for longer.
/// </summary>
/// <param name="seeds">Real input, octets as Latin-1.</param>
/// <param name="words">What the grammar is made of: inserted as a whole.</param>
public sealed class Fuzzer(IReadOnlyList<string> seeds, IReadOnlyList<string> words)
{
    // Some seconds for all targets of a project together.
    private const int Rounds = 20_000;
    private const int CorpusLimit = 2_000;
    private const int LengthLimit = 2_048;

    private static readonly string[] Edges = ["\r", "\n", "\r\n", ".", "\r\n.\r\n", "\0", " ", "\t", "\x7F", "\x80", "\xFF", "\xC2\x85", "\xC3\xA9", "\xED\xA0\x80", "\xF0\x9F\x98\x80", "\x1A"];

    /// <summary>Runs the rounds.</summary>
    /// <param name="check">Compares; throws where the two differ. What it returns tells outcomes apart. The random numbers are for the cuts in which the octets arrive.</param>
    public void Run(Func<byte[], Random, string> check)
    {
        var seed = Number("MAILPROXY_FUZZ_SEED", 1);
        var random = new Random(seed);
        var corpus = seeds.Select(Encoding.Latin1.GetBytes).ToList();
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        corpus.ForEach(input => outcomes.Add(Try(check, input, random.Next())));
        for (var round = Number("MAILPROXY_FUZZ_ROUNDS", Rounds); round > 0; round--)
        {
            var input = Mutate(corpus, random);
            if (outcomes.Add(Try(check, input, random.Next())) && corpus.Count < CorpusLimit)
            {
                corpus.Add(input);
            }
        }
    }

    private static string Try(Func<byte[], Random, string> check, byte[] input, int cuts)
    {
        try
        {
            return check(input, new Random(cuts));
        }
        catch (Exception)
        {
            var (least, why) = Shrink(check, input, cuts);
            throw new InvalidOperationException($"cuts {cuts}: {Show(least)}", why);
        }
    }

    // Takes pieces away for as long as it still fails.
    private static (byte[] Input, Exception Why) Shrink(Func<byte[], Random, string> check, byte[] input, int cuts)
    {
        var why = Fails(check, input, cuts)!;
        for (var size = input.Length / 2; size > 0; size = size > 1 ? size / 2 : 0)
        {
            for (var start = 0; start + size <= input.Length;)
            {
                byte[] less = [.. input[..start], .. input[(start + size)..]];
                if (Fails(check, less, cuts) is { } still)
                {
                    (input, why) = (less, still);
                }
                else
                {
                    start += size;
                }
            }
        }

        return (input, why);
    }

    private static Exception? Fails(Func<byte[], Random, string> check, byte[] input, int cuts)
    {
        try
        {
            check(input, new Random(cuts));
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static string Show(byte[] input) => string.Concat(Encoding.Latin1.GetString(input).Select(character =>
        character is >= ' ' and <= '~' and not '\\' ? character.ToString() : $"\\x{(int)character:X2}"));

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private byte[] Mutate(List<byte[]> corpus, Random random)
    {
        var input = corpus[random.Next(corpus.Count)].ToList();
        for (var steps = 1 + random.Next(4); steps > 0; steps--)
        {
            var at = random.Next(input.Count + 1);
            var length = Math.Min(input.Count - at, 1 + random.Next(random.Next(10) == 0 ? 64 : 4));
            switch (random.Next(8))
            {
                case 0:
                    input.RemoveRange(at, length);
                    break;
                case 1:
                    input.InsertRange(at, input.GetRange(at, length));
                    break;
                case 2 when at < input.Count:
                    input[at] = (byte)random.Next(256);
                    break;
                case 3 when at < input.Count:
                    input[at] ^= 0x20;
                    break;
                case 4:
                    input.InsertRange(at, Encoding.Latin1.GetBytes(Edges[random.Next(Edges.Length)]));
                    break;
                case 5:
                    var other = corpus[random.Next(corpus.Count)];
                    input.RemoveRange(at, input.Count - at);
                    input.AddRange(other[random.Next(other.Length + 1)..]);
                    break;
                case 6 when at < input.Count:
                    // Over the limits.
                    input.InsertRange(at, Enumerable.Repeat(input[at], 1 + random.Next(300)));
                    break;
                default:
                    input.InsertRange(at, Encoding.Latin1.GetBytes(words[random.Next(words.Count)]));
                    break;
            }
        }

        return [.. input.Take(LengthLimit)];
    }
}
