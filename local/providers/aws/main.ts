import { serve } from "../frame";
import { runSettings } from "../run";
import { SimulatedAws } from "./provider";

serve(new SimulatedAws(runSettings()));
